# A step that waits for a locked cache ends when its build is told to; and no two steps wait for each other, whatever order they
# name their caches in, nor a step for itself.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
start() { "$program" --root "$place/store" --runroot "$place/run" build --no-cache -f - empty; }
locked() { printf 'FROM base\nRUN --mount=type=cache,id=one,target=/m,sharing=locked %s\n' "$1"; }
locked 'echo holding; until test -e /m/go; do usleep 20000; done; rm /m/go; echo released' | start >holder 2>&1 &
holder=$!
wait_until 20 grep -qx holding holder || fail "the first one did not begin: $(cat holder)"
locked 'echo had it' | start >waiter 2>&1 &
waiter=$!
wait_until 20 grep -q '^STEP 2/2' waiter || fail "the second one did not begin: $(cat waiter)"
kill -TERM "$waiter"
ended() { ! kill -0 "$waiter" 2>/dev/null; }
wait_until 10 ended || fail "the one that waits goes on waiting after SIGTERM"
status=0
wait "$waiter" || status=$?
((status == 130 || status == 143)) || fail "it ended with $status: $(cat waiter)"
! grep -qx "had it" waiter || fail "it had the cache: $(cat waiter)"
kill -0 "$holder" || fail "the first one has ended: $(cat holder)"
builder build -q --no-cache -f - empty >/dev/null <<<$'FROM base\nRUN --mount=type=cache,id=one,target=/m,sharing=shared true' &
shared=$!
: >"$(find "$place/store/cache-mounts" -mindepth 1 -maxdepth 1 -type d | head -1)/go"
wait "$holder" || fail "$(cat holder)"
grep -qx released holder || fail "$(cat holder)"
wait "$shared"
# Each waits for the other's first cache, if they take them as they are named.
two() { printf -- '--mount=type=cache,id=%s,target=/1,sharing=locked --mount=type=cache,id=%s,target=/2,sharing=locked' "$1" "$2"; }
{
    echo 'FROM base AS first'
    for _ in $(seq 8); do echo "RUN $(two a b) usleep 10000"; done
    echo 'FROM base AS second'
    for _ in $(seq 8); do echo "RUN $(two b a) usleep 10000"; done
    printf 'FROM base\nCOPY --from=first /etc/passwd /1\nCOPY --from=second /etc/passwd /2\n'
} >Containerfile
timeout 60 "$program" --root "$place/store" --runroot "$place/run" build -q --no-cache -f Containerfile empty >/dev/null || fail "two stages wait for each other"
printf 'FROM base\nRUN %s touch /1/x && test -e /2/x\n' "$(two a a)" >Containerfile
timeout 60 "$program" --root "$place/store" --runroot "$place/run" build -q --no-cache -f Containerfile empty >/dev/null || fail "a step waits for itself"
