# Root's store is closed to all others, one of an older version is closed when it is opened, and --root changes nothing in a folder
# that holds something else. Nobody else walks to the set-user-ID programs of a mounted container.
. "$(dirname "$0")/../library.sh"
needs setpriv
chmod 755 "$place"
make_base
build_empty <<<$'FROM base\nENV PASSWORD=word-of-the-image\nRUN chmod 6755 /bin/busybox'
grep -aq word-of-the-image store/store.db* || fail "the database does not hold what is to be hidden"
# A shell in between: what setpriv itself executes it may still look up with the rights of root.
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups -- sh -c '"$@"' sh "$@"; }
[[ $(as_nobody id -u) == 65534 ]] && as_nobody test -x "$place" || fail "nobody cannot even reach the folder of the test"
container=$(builder from it)
point=$(builder mount "$container")
[[ -u $point/bin/busybox ]] || fail "there is no set-user-ID program to try"
is_closed() { # AFTER-WHAT
    local path
    for path in store run run/containers; do assert_equal "$(stat -c %a $path)" 700 "$path, $1"; done
    for path in store/store.db* store/lock; do assert_equal "$(stat -c %a "$path")" 600 "$path, $1"; done
    ! as_nobody cat "$place"/store/store.db >/dev/null 2>&1 || fail "nobody reads the database, $1"
    ! as_nobody "$point/bin/busybox" id >/dev/null 2>&1 || fail "nobody runs a program of the container, $1"
}
is_closed "as it was made"
chmod 755 store run run/containers && chmod 644 store/store.db* store/lock
as_nobody cat "$place/store/store.db" >/dev/null || fail "the older store is not as open as it was"
builder images -q >/dev/null
[[ $(stat -c %a run/containers) == 755 ]] || fail "only the next mount closes that"
builder umount "$container" >/dev/null && builder mount "$container" >/dev/null
is_closed "as it was mended"
builder umount "$container" >/dev/null

# Something else, and a half-made store.
mkdir -m 755 other && echo mine >other/file
assert_fails_with 125 "$program" --root "$place/other" --runroot "$place/other-run" images
assert_contains "$output" "something else"
assert_equal "$(stat -c %a other) $(ls -A other)" "755 file"
mkdir -m 755 half half/lost+found half/layers
"$program" --root "$place/half" --runroot "$place/half/run" images >/dev/null
"$program" --root "$place/half" --runroot "$place/half/run" images >/dev/null
assert_equal "$(stat -c %a half)" 700
mkdir -m 777 shared && touch shared/theirs
assert_fails_with 125 "$program" --root "$place/store" --runroot "$place/shared" images
assert_contains "$output" "other users can write"
