# With --jobs 1 no two stages run at the same time.
. "$(dirname "$0")/../library.sh"
make_base
run='set -e; mkdir /busy/lock; sleep 0.2; rmdir /busy/lock'
for stage in a b c; do
    printf 'FROM base AS %s\nRUN --mount=type=cache,target=/busy %s\n' "$stage" "$run"
done >Containerfile
printf 'FROM base\nCOPY --from=a /etc/passwd /a\nCOPY --from=b /etc/passwd /b\nCOPY --from=c /etc/passwd /c\n' >>Containerfile
builder build -q --jobs 1 -t it . >/dev/null || fail "two stages were at work at the same time"
