# A cache mount that begins with the files of an image is seen whole or not at all: never by a stage while another one fills it.
. "$(dirname "$0")/../library.sh"
make_base
builder build -q -t full - >/dev/null <<'CONTAINERFILE'
FROM base
RUN mkdir /s && i=0; while [ $i -lt 3000 ]; do echo $i >/s/$i; i=$((i+1)); done; mkdir /s/z; ln /s/1 /s/z/linked
CONTAINERFILE
mkdir empty
cat >Containerfile <<'CONTAINERFILE'
FROM base AS one
RUN --mount=type=cache,id=c,from=full,source=/s,target=/c ls /c | wc -l >/one; cat /c/z/linked >>/one
FROM base AS two
RUN --mount=type=cache,id=c,from=full,source=/s,target=/c ls /c | wc -l >/two; cat /c/z/linked >>/two
FROM base AS three
RUN --mount=type=cache,id=c,from=full,source=/s,target=/c ls /c | wc -l >/three; cat /c/z/linked >>/three
FROM scratch
COPY --from=one /one /
COPY --from=two /two /
COPY --from=three /three /
CONTAINERFILE
for round in 1 2 3; do
    rm -rf store/cache-mounts
    builder build -q --no-cache --jobs 3 -t it -f Containerfile empty >/dev/null
    for stage in one two three; do assert_equal "$(file it $stage | tr '\n' ' ')" "3001 1 " "round $round, stage $stage"; done
    assert_equal "$(ls store/cache-mounts | wc -l)" 1 "caches"
done
# One that could not be filled is none.
assert_fails_with 125 builder build --no-cache -f - empty <<<$'FROM base\nRUN --mount=type=cache,id=d,from=full,source=/nothing,target=/c true'
assert_equal "$(ls store/cache-mounts | wc -l)" 1 "after a failure"
