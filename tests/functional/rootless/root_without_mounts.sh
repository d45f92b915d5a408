# Root of a user namespace that was made without a mount namespace may mount nothing where it is: builder takes one of its own.
. "$(dirname "$0")/../library.sh"
needs unshare
make_base
mkdir empty
builder push -q base oci-archive:"$place/base.tar:base"
apart() { unshare --user --map-root-user "$@"; }
apart true 2>/dev/null || skip "user namespaces may not be made here"
apart mount -t tmpfs none empty 2>/dev/null && fail "it may mount: this shows nothing"
inside=(--root "$place/inside/store" --runroot "$place/inside/run")
log=$(apart "$program" "${inside[@]}" build -t it -f - empty 2>&1 <<<"FROM oci-archive:$place/base.tar"$'\nRUN id -u; echo made >/file\nRUN --mount=type=tmpfs,target=/t touch /t/x; cat /file') || fail "$log"
assert_line "$log" made
assert_line "$log" 0
apart "$program" "${inside[@]}" from --name work it >/dev/null
assert_equal "$(apart "$program" "${inside[@]}" run work cat /file)" made
