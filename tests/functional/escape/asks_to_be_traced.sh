# A program that asks its parent to trace it (PTRACE_TRACEME) and then gets a signal goes on as if it had not asked: the step
# neither hangs nor counts as ended.
. "$(dirname "$0")/../library.sh"
needs g++
make_base
mkdir context
g++ -static -O0 -w -o context/asks "$tests/escape/asks.cpp"
for flags in "--isolation oci" "--isolation chroot" "--isolation oci --pid host"; do
    read -ra words <<<"$flags"
    output=$(timeout 60 "$program" --root "$place/store" --runroot "$place/run" build --no-cache "${words[@]}" -f - context 2>&1 <<<$'FROM base\nCOPY asks /asks\nRUN ["/asks"]\nRUN ["/asks", "exec"]\nRUN ["/asks", "trap"]') || fail "$flags: $output"
    assert_equal "$(grep -c '^asked-handled-went-on$' <<<"$output")" 2 "$flags: $output"
    assert_equal "$(grep -c '^trap-handled$' <<<"$output")" 1 "$flags: a SIGTRAP of its own: $output"
    container=$(builder from base)
    builder copy -q "$container" context/asks /asks >/dev/null
    status=0
    output=$(timeout 60 "$program" --root "$place/store" --runroot "$place/run" run "${words[@]}" "$container" -- /asks end 2>&1) || status=$?
    # To the first process of a PID namespace a signal without a handler does nothing: pid_namespaces(7).
    expected=138
    [[ $flags != "--isolation oci" ]] || expected=0
    assert_equal "$status" $expected "$flags: the exit code of one that a signal ends ($output)"
done
