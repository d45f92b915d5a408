# COPY runs again for other content or another mode, not for another time.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nCOPY file /file\n' >Containerfile
printf '*\n!file\n' >.dockerignore
echo one >file
builder build -q . >first
touch -d 2001-01-01 file
assert_equal "$(builder build -q .)" "$(cat first)" "after touch"
chmod 0755 file
assert_contains "$(builder build --progress=plain .)" "done in" "after chmod"
chmod 0644 file
assert_equal "$(builder build -q .)" "$(cat first)" "with the old mode again"
echo two >file
log=$(builder build --progress=plain .)
assert_contains "$log" "done in" "after a change"
assert_contains "$log" "file changed" "the reason"
