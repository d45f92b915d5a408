# unshare runs a command as root in namespaces of its own; a container is mounted there, and nowhere else.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
assert_equal "$(builder unshare --mount PLACE="$container" -- sh -c 'test -x $PLACE/bin/busybox && echo mounted')" mounted
assert_equal "$(builder mount)" ""
assert_fails_with 5 builder unshare -- sh -c 'exit 5'
assert_fails_with 127 builder unshare -- no-such-command
builder rm "$container" >/dev/null
# Somebody else: root only inside.
needs setpriv
mkdir -m 777 other
as_other() { HOME=$place/other setpriv --reuid 4321 --regid 4321 --clear-groups "$program" --root "$place/other/root" --runroot "$place/other/run" "$@"; }
as_other unshare true 2>error || skip "this kernel lets no ordinary user make user namespaces: $(cat error)"
assert_equal "$(as_other unshare id -u 2>/dev/null)" 0
