# As a user without rights builder says what is missing, and does not hang or crash.
. "$(dirname "$0")/../library.sh"
needs_root
needs setpriv
mkdir -m 0700 locked
chmod 755 "$place"
cp "$program" "$place/builder" && chmod 755 builder
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent "$place/builder" --root "$1" --runroot "$1" "${@:2}"; }
assert_fails_with 125 as_nobody "$place/locked/store" images
assert_contains "$output" "permission denied"
assert_contains "$output" "--root"
