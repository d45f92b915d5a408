# A name that is no reference, and an image that is not there, are refused with their line.
. "$(dirname "$0")/../library.sh"
assert_refused -f - . <<<$'# comment\nFROM Not//A:Name:At:All'
assert_contains "$output" "standard input:2"
assert_refused -f - . <<<$'FROM registry.invalid/no/image:v1'
assert_contains "$output" "standard input:1"
assert_fails_with 125 builder build -t 'BAD name' -f - . <<<'FROM scratch'
assert_contains "$output" "BAD name"
