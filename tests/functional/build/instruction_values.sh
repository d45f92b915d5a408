# Values of instructions after their variables were expanded: signals are checked and kept as they are written, an empty
# WORKDIR is the one before, an empty name of a label is one, and FROM --platform needs a platform.
. "$(dirname "$0")/../library.sh"
make_base
for signal in TERM SIGTERM sigterm Kill 9 64 RTMIN RTMIN+3 SIGRTMAX-2 rtmax WINCH; do
    build_empty <<<$'FROM base\nARG S='"$signal"$'\nSTOPSIGNAL $S'
    assert_equal "$(config it .config.StopSignal)" "\"$signal\""
done
for signal in TERMINATE 0 65 -9 RTMIN+16 RTMIN-1 RTMAX-15 RTMIN+ SIG '9x' '$EMPTY'; do
    assert_fails_with 125 builder build -f - empty <<<$'FROM base\nSTOPSIGNAL '"$signal"
    assert_contains "$output" "names no signal" "$signal"
    assert_contains "$output" "standard input:2"
done

assert_fails_with 125 builder build -f - empty <<<'FROM --platform=$UNDEFINED base'
assert_contains "$output" "the platform is empty"
build_empty <<<'FROM --platform=$TARGETPLATFORM base'

build_empty <<<$'FROM base\nWORKDIR /tmp\nWORKDIR $EMPTY\nRUN pwd >/seen\nLABEL $EMPTY=x y=z'
assert_equal "$(file it /seen)" /tmp
assert_equal "$(config it .config.WorkingDir)" '"/tmp"'
assert_equal "$(config it '.config.Labels | {"": .[""], y}')" '{"":"x","y":"z"}'
build_empty <<<$'FROM base\nWORKDIR $EMPTY\nRUN pwd >/seen'
assert_equal "$(file it /seen)" /
