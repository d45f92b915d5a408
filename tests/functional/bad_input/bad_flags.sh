# Unknown flags, of an instruction and of a command, are refused, with the nearest one.
. "$(dirname "$0")/../library.sh"
assert_refused -f - . <<<$'FROM scratch\nCOPY --form=x a b'
assert_contains "$output" "standard input:2"
assert_contains "$output" "from"
assert_refused --taget=x -f - . <<<'FROM scratch'
assert_contains "$output" "--target"
assert_refused -f - . <<<$'FROM scratch\nCOPY --chmod=rubbish . /'
assert_contains "$output" "standard input:2"
