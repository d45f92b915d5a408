# What `setup podman` cannot do it says, changes nothing, and leaves Podman as it was.
source "$(dirname "$0")/../library.sh"
needs_root
published=$place/store/podman
export CONTAINERS_STORAGE_CONF=$place/conf/storage.conf
mkdir conf
before_exit() { ! mountpoint -q "$place/conf" || umount "$place/conf"; }
refused() { # SENTENCE [FLAGS]
    assert_fails_with 125 builder "${@:2}" setup podman --yes
    assert_contains "$output" "$1"
    [[ ! -e $published ]] || fail "the store was published though: $output"
}
own() { printf '[storage]\ndriver = "%s"\ngraphroot = "%s/podman"\n' "$1" "$place" >conf/storage.conf; }
# Somebody else's file, even where root could write it.
own overlay
chown 4711 conf/storage.conf
refused "belongs to user 4711, not to you"
assert_equal "$(stat -c %u conf/storage.conf)" 4711
chown 0 conf/storage.conf
# One that cannot be written: the line is told, for who writes it by hand.
mount --bind -o ro conf conf 2>/dev/null || { mount --bind conf conf && mount -o remount,bind,ro conf; }
refused "read-only file system"
assert_contains "$output" "additionalimagestores = [\"$published\"]"
umount conf
# One that makes no sense, and one that only people edit.
echo '[storage' >conf/storage.conf
refused "storage.conf"
printf '[storage]\ndriver = "overlay"\noptions = { size = "" }\n' >conf/storage.conf
refused "only people edit"
assert_contains "$output" "additionalimagestores = [\"$published\"]"
# Podman with another driver sees nothing of overlay.
own vfs
refused "has the driver vfs"
own overlay
# A store that has copies in place of overlays.
refused "copies instead of overlays" --storage-driver vfs
own overlay
builder setup podman --yes >/dev/null
builder setup podman --release --yes >/dev/null
# A store that keeps owners beside the files: no other program reads them.
rm -rf store run
an_ordinary_user with_one_id
mkdir home/conf && chown 4711:4711 home/conf
assert_fails_with 125 in_users_place env CONTAINERS_STORAGE_CONF="$place/home/conf/storage.conf" "$place/home/builder" \
    --root "$place/home/store" --runroot "$place/home/run" setup podman --yes
assert_contains "$output" "keeps the owners of files beside them"
[[ ! -e home/store/podman && ! -e home/conf/storage.conf ]] || fail "it was published all the same"
