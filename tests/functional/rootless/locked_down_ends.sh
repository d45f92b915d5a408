# All that an emulated step started ends with it: what it left in the background, and everything when builder is killed.
source "$(dirname "$0")/../library.sh"
make_base
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
a_locked_down_place
mkdir -p context
cat >context/Containerfile <<END
FROM oci-archive:$place/base.tar
RUN (setsid sleep 98761 &) ; (trap '' TERM HUP; setsid sh -c 'sleep 98762; true' &) ; echo done
END
locked_down build context >log 2>&1 || fail "$(cat log)"
! is_running sleep 98761 || fail "the background of a step goes on"
! is_running sleep 98762 || fail "the background of a step goes on"
echo 'RUN (setsid sleep 98763 &) ; sleep 98764' >>context/Containerfile
locked_down build context >log 2>&1 &
build=$!
wait_until 30 is_running sleep 98763 || fail "the step has not started: $(cat log)"
wait_until 30 is_running sleep 98764 || fail "the step has not started: $(cat log)"
kill -KILL "$(pgrep --parent "$build")"
wait "$build" 2>/dev/null || true
gone() { ! is_running sleep 98763 && ! is_running sleep 98764; }
wait_until 10 gone || fail "a killed builder leaves processes: $(pgrep -af 'sleep 9876')"
