# Stages that do not need each other run at the same time: here each waits for the other.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base AS left
RUN --mount=type=cache,target=/meet touch /meet/left; for i in $(seq 500); do test -e /meet/right && exit 0; sleep 0.02; done; exit 1
FROM base AS right
RUN --mount=type=cache,target=/meet touch /meet/right; for i in $(seq 500); do test -e /meet/left && exit 0; sleep 0.02; done; exit 1
FROM base
COPY --from=left /etc/passwd /left
COPY --from=right /etc/passwd /right
X
builder build -q -t it . >/dev/null || fail "the stages did not meet"
