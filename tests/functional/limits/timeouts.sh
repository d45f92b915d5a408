# --timeout ends a build, --step-timeout a step: nothing of it goes on, the exit code is that of timeout(1).
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
printf 'FROM base AS a\nRUN echo begun; sleep 987.1\nFROM base\nRUN true\nCOPY --from=a /etc /etc\n' >slow
assert_fails_with 124 builder build --step-timeout 700ms -f slow empty
assert_contains "$output" "took longer than 700ms (--step-timeout) and was ended"
assert_contains "$output" "slow:2"
assert_contains "$output" "last output:"
assert_fails_with 124 builder build --timeout 1s -f slow empty
assert_contains "$output" "the build took longer than 1s (--timeout) and was ended"
assert_equal "$(process_of 'sleep 987.1')" ""
assert_nothing_left
# Time that is enough changes nothing, and the cache keeps the step.
for i in 1 2; do builder build --timeout 1m --step-timeout 1m -f - empty <<<$'FROM base\nRUN sleep 0.01' >log 2>&1; done
assert_contains "$(cat log)" "Using cache"
# An end of its own stays what it is.
assert_fails_with 3 builder build --timeout 1m --step-timeout 1m -f - empty <<<$'FROM base\nRUN exit 3'
for flag in --timeout --step-timeout; do
    for bad in nonsense -1s 0 5; do
        assert_fails_with 125 builder build $flag=$bad -f slow empty
        assert_contains "$output" "$flag '$bad'"
    done
done
