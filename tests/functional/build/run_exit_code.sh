# The exit code of a failing RUN is that of builder; the message has the line and the last output.
. "$(dirname "$0")/../library.sh"
make_base
assert_fails_with 37 builder build -t it -f - . <<<$'FROM base\nRUN true\nRUN echo the-reason; exit 37'
assert_contains "$output" "standard input:3"
assert_contains "$output" "exit code 37"
assert_contains "$output" "the-reason"
assert_fails_with 125 builder inspect it
assert_fails_with 127 builder build -f - . <<<$'FROM base\nRUN no-such-command'
assert_fails_with 1 builder build -f - . <<<$'FROM base\nRUN ["/no/such/program"]'
assert_fails_with 1 builder build -f - . <<<$'FROM base\nRUN ["/etc/passwd"]'
