# A file that cannot be read stops the build with its name, the line and the reason.
. "$(dirname "$0")/../library.sh"
needs setpriv
make_base
mkdir -m 0755 context && echo x >context/file && chmod 000 context/file
# Root reads everything, unless these two are taken from it.
limited() { setpriv --bounding-set -dac_override,-dac_read_search "$program" --root "$place/store" --runroot "$place/run" "$@"; }
assert_fails_with 125 limited build -t it -f - context <<<$'FROM base\nCOPY file /x'
assert_contains "$output" "file"
assert_contains "$output" "permission denied"
assert_contains "$output" "standard input:2"
assert_fails_with 125 builder inspect it
