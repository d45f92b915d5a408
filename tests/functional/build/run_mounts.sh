# bind, cache, tmpfs and secret mounts are there in their step and nowhere in the image.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo bound >context/bound && echo hush-hush >secret
cat >Containerfile <<'X'
FROM base AS maker
RUN echo made >/made
FROM base
RUN --mount=target=/ctx cat /ctx/bound >/tmp/bound
RUN --mount=from=maker,source=/made,target=/from cat /from >/tmp/from
RUN --mount=type=cache,target=/cache echo kept >>/cache/file; wc -l </cache/file >/tmp/lines
RUN --mount=type=tmpfs,target=/scratch echo x >/scratch/x && grep -c ' /scratch tmpfs ' /proc/mounts >/tmp/tmpfs
RUN --mount=type=secret,id=key,target=/key wc -c </key >/tmp/secret
X
builder build -q --no-cache --secret id=key,src=secret -t it -f Containerfile context >/dev/null
builder build -q --no-cache --secret id=key,src=secret -t it -f Containerfile context >/dev/null
assert_equal "$(file it /tmp/bound) $(file it /tmp/from) $(file it /tmp/lines) $(file it /tmp/tmpfs) $(file it /tmp/secret)" "bound made 2 1 10"
for number in -5 -4 -3 -2 -1; do
    assert_equal "$(layer it $number | grep -v ^tmp || true)" "" "layer $number"
done
! grep -rqs hush-hush store || fail "the secret is in the store"
