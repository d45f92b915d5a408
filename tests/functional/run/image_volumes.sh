# What is written into a VOLUME is the container's, and of the images that are made of it: nothing is lost by a commit.
source "$(dirname "$0")/../library.sh"
make_base
mkdir empty
build_empty <<<$'FROM base\nRUN mkdir -p /data/sub && echo before >/data/file && chown -R alice /data && chmod 750 /data\nVOLUME /data /nowhere/deep /sys/fs/cgroup'
name=$(builder from it)
builder run "$name" -- sh -c 'cat /data/file && echo written >/data/file && touch /data/sub/new /nowhere/deep/new' >out
assert_equal "$(cat out)" before
assert_equal "$(builder run "$name" -- sh -c 'cat /data/file; ls /data/sub /nowhere/deep; stat -c "%a %U" /data')" $'written\n/data/sub:\nnew\n\n/nowhere/deep:\nnew\n750 alice'
builder commit -q "$name" it >/dev/null
assert_contains "$(layer it)" data/sub/new
assert_contains "$(layer it)" nowhere/deep/new
assert_lacks "$(layer it)" sys/fs
# Another container has it, and not as a mount.
other=$(builder from it)
assert_equal "$(builder run "$other" -- sh -c 'cat /data/file; grep -c " /data " /proc/mounts || true')" $'written\n0'
# A mount at the same place is seen instead.
mkdir shared && echo shared >shared/file
assert_equal "$(builder run -v "$place/shared:/data" "$name" -- cat /data/file)" shared
builder rm "$name" "$other" >/dev/null
# What earlier versions kept for a container that is gone leaves with prune.
mkdir -p store/volumes/0123
builder prune >/dev/null 2>&1
assert_equal "$(ls store/volumes)" ""
