# A FIFO in a context is refused; what the command line names may be a pipe, and SIGTERM ends the wait for it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir a b c && mkfifo a/Containerfile b/.dockerignore fifo
printf 'FROM base\nCOPY . /\n' >b/Containerfile
for context in a b; do
    assert_fails_with 125 timeout 20 "$program" --root "$place/store" --runroot "$place/run" build -q $context
    assert_contains "$output" "no regular file"
done
ln -s /dev/null c/.dockerignore && echo x >c/x
builder build -q -t it -f <(printf 'FROM base\nCOPY x /x\n') c >/dev/null
assert_equal "$(file it /x)" x
builder build -q -t it --secret id=s,src=<(echo pssst) -f - c >/dev/null <<<$'FROM base\nRUN --mount=type=secret,id=s wc -c </run/secrets/s >/size'
assert_equal "$(file it /size)" 6

# ends_by_sigterm COMMAND...: it waits, and SIGTERM ends it.
waits_for() { [[ $(cat /proc/"$1"/wchan 2>/dev/null) == *poll* ]] && ls -l /proc/"$1"/fd | grep -q "$place/fifo"; }
ends_by_sigterm() {
    "$program" --root "$place/store" --runroot "$place/run" "$@" >out 2>&1 &
    local waiting=$!
    wait_until 20 waits_for $waiting || fail "it does not wait for the FIFO: $(cat out)"
    kill -TERM $waiting
    local status=0
    wait $waiting || status=$?
    ((status != 0)) || fail "it ended as if nothing had happened"
}
ends_by_sigterm build -q -f fifo c
ends_by_sigterm build -q --secret id=s,src=fifo -f b/Containerfile c
