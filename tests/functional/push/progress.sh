# How far a copy is, is told on standard error: a line a blob in a pipe, a live line on a terminal, nothing with --quiet.
. "$(dirname "$0")/../library.sh"
make_base
builder push base oci:layout:x 2>log >out
assert_equal "$(cat out)" ""
assert_contains "$(cat log)" "Copying blob "
assert_contains "$(cat log)" "wrote oci:layout:x"
builder push -q base oci:quiet:x 2>log
assert_equal "$(cat log)" ""
other() { "$program" --root "$place/store/other" --runroot "$place/run-other" "$@"; }
id=$(other pull oci:layout:x 2>log)
layers=$(grep -c 'Copying blob sha256:............ done' log)
((layers >= 2)) || fail "too few blobs: $(cat log)"
assert_equal "$(other pull oci:layout:x 2>&1)" "$id" "what is here is not copied"
other rmi "$id" >/dev/null
assert_equal "$(other pull -q oci:layout:x 2>&1)" "$id"
other rmi "$id" >/dev/null
assert_contains "$("$python" -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$program" --root "$place/store/other" --runroot "$place/run-other" pull oci:layout:x)" "copying: "
