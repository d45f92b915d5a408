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
for flag in --build-arg-file --source-policy-file; do ends_by_sigterm build -q $flag fifo -f b/Containerfile c; done
for kind in oci-archive docker-archive; do ends_by_sigterm pull -q $kind:fifo; done
builder push -q it docker-archive:it.tar:example.com/it:x
assert_equal "$(builder pull -q docker-archive:<(cat it.tar))" "$(builder pull -q docker-archive:it.tar)" "an archive through a pipe"

# So it ends the wait for somebody who reads what goes into one.
ends_writing_by_sigterm() {
    "$program" --root "$place/store" --runroot "$place/run" "$@" >out 2>&1 &
    local waiting=$!
    waits_to_write() { [[ $(cat /proc/$waiting/wchan 2>/dev/null) == *poll* || $(cat /proc/$waiting/wchan 2>/dev/null) == *wait_for_partner* ]]; }
    wait_until 20 waits_to_write || fail "it does not wait for a reader: $(cat out)"
    kill -TERM $waiting
    wait_until 20 has_ended $waiting || {
        kill -KILL $waiting
        fail "SIGTERM did not end the wait for a reader: $*"
    }
    local status=0
    wait $waiting || status=$?
    ((status == 143)) || fail "exit code $status: $(cat out)"
}
has_ended() { ! kill -0 "$1" 2>/dev/null || [[ $(cut -d' ' -f3 /proc/"$1"/stat) == Z ]]; }
for flag in --logfile --iidfile --metadata-file; do ends_writing_by_sigterm build -q $flag fifo -f b/Containerfile c; done
ends_writing_by_sigterm push -q it docker-archive:fifo
ends_writing_by_sigterm push -q --digestfile fifo it dir:written
# With a reader it is written.
cat fifo >got &
reader=$!
builder build -q --iidfile fifo -f b/Containerfile c >/dev/null
wait $reader
assert_contains "$(cat got)" sha256:
