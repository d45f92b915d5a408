# A build that a signal ends exits with 128 and its number.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
for signal in INT:130 TERM:143 HUP:129; do
    printf 'FROM base\nRUN echo has-%s-started; sleep 100\n' "started-${signal%:*}" >Containerfile
    : >log
    # Of its own process group: a job in the background ignores SIGINT.
    "$python" - "$program" --root "$place/store" --runroot "$place/run" build --no-cache -f Containerfile empty >log 2>&1 <<'PROGRAM' &
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
PROGRAM
    build=$!
    wait_until 30 grep -q "^has-started-${signal%:*}-started" log || fail "the step did not start: $(cat log)"
    kill -s "${signal%:*}" "$build"
    status=0
    wait "$build" || status=$?
    assert_equal "$status" "${signal#*:}" "SIG${signal%:*}: $(cat log)"
done
