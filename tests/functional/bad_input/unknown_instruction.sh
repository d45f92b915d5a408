# An unknown instruction is refused with its line, an excerpt and the nearest one.
. "$(dirname "$0")/../library.sh"
assert_refused -f - . <<<$'FROM scratch\n\nCOPPY a b'
assert_contains "$output" "standard input:3"
assert_contains "$output" ">>> COPPY a b"
assert_contains "$output" "COPY" "a hint"
