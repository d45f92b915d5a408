# A base or --from that is no image, but nearly the name of a stage, gets that stage as the hint.
. "$(dirname "$0")/../library.sh"
make_base
assert_refused -f - . <<<$'FROM base AS compile\nFROM complie'
assert_contains "$output" "hint: did you mean compile?"
assert_contains "$output" "standard input:2"
assert_refused -f - . <<<$'FROM base AS compile\nFROM base\nCOPY --from=compil /etc /x'
assert_contains "$output" "hint: did you mean compile?"
assert_contains "$output" "standard input:3"
# Several errors of one file are all told.
assert_refused -f - . <<<$'FROM base\nCOPPY a b\nRUN true\nUSER\nENV'
assert_contains "$output" "did you mean COPY?"
assert_contains "$output" "standard input:4"
assert_contains "$output" "standard input:5"
