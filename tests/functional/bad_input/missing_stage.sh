# A stage that is not there, or comes later, or is the stage itself, cannot be copied from.
. "$(dirname "$0")/../library.sh"
make_base
assert_refused -f - . <<<$'FROM base AS builder\nFROM base\nCOPY --from=bilder /etc /x'
assert_contains "$output" "standard input:3"
assert_refused -f - . <<<$'FROM base\nCOPY --from=later /etc /x\nFROM base AS later'
assert_contains "$output" "later"
assert_refused -f - . <<<$'FROM base AS me\nCOPY --from=me /etc /x'
assert_contains "$output" "standard input:2"
assert_refused -f - . <<<$'FROM base\nCOPY --from=7 /etc /x'
assert_contains "$output" "standard input:2"
