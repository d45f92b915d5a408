# The first failure ends the other stages at once, and its error is the one that is told.
. "$(dirname "$0")/../library.sh"
make_base
# The second stage fails when the first is at work, not before.
cat >Containerfile <<X
FROM base AS slow
RUN --mount=type=cache,target=/c touch /c/started; exec sleep 4$$
FROM base AS bad
RUN --mount=type=cache,target=/c for i in \$(seq 500); do test -e /c/started && exit 44; sleep 0.02; done
FROM base
COPY --from=slow /etc/passwd /x
COPY --from=bad /etc/passwd /y
X
assert_fails_with 44 timeout 60 "$program" --root "$place/store" --runroot run build .
assert_contains "$output" "exit code 44"
! is_running sleep "4$$" || fail "the other stage goes on"
