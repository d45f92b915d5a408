# What is written into a VOLUME stays with the container, and comes into no image.
source "$(dirname "$0")/../library.sh"
make_base
mkdir empty
build_empty <<<$'FROM base\nRUN mkdir -p /data/sub && echo before >/data/file && chown -R alice /data && chmod 750 /data\nVOLUME /data /nowhere'
name=$(builder from it)
builder run "$name" -- sh -c 'cat /data/file && echo written >/data/file && touch /data/sub/new /nowhere/new /outside' >out
assert_equal "$(cat out)" before
assert_equal "$(builder run "$name" -- sh -c 'cat /data/file; ls /data/sub /nowhere; stat -c "%a %U" /data')" $'written\n/data/sub:\nnew\n\n/nowhere:\nnew\n750 alice'
builder commit -q "$name" it >/dev/null
assert_contains "$(layer it)" outside
assert_lacks "$(layer it)" data
assert_lacks "$(layer it)" nowhere
# They stay after a commit, and are the container's own.
assert_equal "$(builder run "$name" -- cat /data/file)" written
other=$(builder from it)
assert_equal "$(builder run "$other" -- cat /data/file)" before
# A mount at the same place is seen instead.
mkdir shared && echo shared >shared/file
assert_equal "$(builder run -v "$place/shared:/data" "$name" -- cat /data/file)" shared
assert_equal "$(ls store/volumes | wc -l)" 2
builder rm "$name" "$other" >/dev/null
assert_equal "$(ls store/volumes)" ""
# A container that went while somebody was killed leaves its volumes to prune.
mkdir -p store/volumes/0123
builder prune >/dev/null 2>&1
assert_equal "$(ls store/volumes)" ""
