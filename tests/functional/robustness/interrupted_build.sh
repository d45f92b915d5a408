# Ctrl-C ends the build and its steps with 130 and leaves nothing.
. "$(dirname "$0")/../library.sh"
needs setsid
make_base
printf 'FROM base AS one\nRUN sleep 5%s1\nFROM base AS two\nRUN sleep 5%s2\n' "$$" "$$" >Containerfile
printf 'FROM base\nCOPY --from=one /etc/passwd /x\nCOPY --from=two /etc/passwd /y\n' >>Containerfile
# A process group of its own, as a terminal would have it; bash leaves SIGINT ignored in background jobs, so env sets it back.
setsid --wait env --default-signal=INT "$program" --root "$place/store" --runroot "$place/run" build -t it . >log 2>&1 &
build=$!
both_run() { is_running sleep "5${$}1" && is_running sleep "5${$}2"; }
wait_until 20 both_run || fail "the steps did not start: $(cat log)"
group=$(pgrep --oldest --full -- "^$program --root $place/store")
kill -INT -- "-$group"
status=0
wait "$build" || status=$?
assert_equal "$status" 130 "exit code"
! is_running sleep "5${$}1" && ! is_running sleep "5${$}2" || fail "a step goes on"
assert_fails_with 125 builder inspect it
