# Build arguments that mean something without an ARG; others that nobody takes are told.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
printf 'FROM base\nRUN hostname >/name; cat /etc/hosts >>/name\n' >Containerfile
builder build -q -t it --build-arg BUILDKIT_SANDBOX_HOSTNAME=elsewhere -f Containerfile empty >/dev/null
assert_line "$(file it name)" elsewhere
builder build -q -t it -f Containerfile empty >/dev/null
assert_lacks "$(file it name)" elsewhere

# Proxies of the caller, which may carry a password, are for steps only, and only where wanted.
printf 'FROM base\nRUN echo "$http_proxy" >/proxy\n' >proxied
export http_proxy=http://user:s3cret@127.0.0.1:1
builder build -q -t it -f proxied empty >/dev/null
assert_contains "$(file it /proxy)" s3cret
assert_lacks "$(builder inspect it)" s3cret "the image"
first=$(cat <(builder inspect --format '{{.FromImageID}}' it))
http_proxy=http://other:1 builder build -q -t again -f proxied empty >/dev/null
assert_equal "$(builder inspect --format '{{.FromImageID}}' again)" "$first" "what is built with another proxy, from the cache"
builder build -q -t it --no-cache --http-proxy=false -f proxied empty >/dev/null
assert_equal "$(file it /proxy)" "" "without --http-proxy"
unset http_proxy

# A namespace of caches has none of the caches of another one.
cat >caches <<'CONTAINERFILE'
FROM base
ARG N
RUN --mount=type=cache,target=/c echo $N >>/c/seen; cp /c/seen /seen
CONTAINERFILE
builder build -q -t it --build-arg N=1 -f caches empty >/dev/null
builder build -q -t it --build-arg N=2 --build-arg BUILDKIT_CACHE_MOUNT_NS=mine -f caches empty >/dev/null
assert_equal "$(file it seen)" 2
builder build -q -t it --build-arg N=3 -f caches empty >/dev/null
assert_equal "$(file it seen)" $'1\n3'

# The epoch: as an argument, from the environment, as a default in the file; an ARG sees it.
printf 'FROM base\nARG SOURCE_DATE_EPOCH\nRUN echo $SOURCE_DATE_EPOCH >/epoch\n' >epoch
builder build -q -t it --build-arg SOURCE_DATE_EPOCH=1000000000 -f epoch empty >/dev/null
assert_equal "$(config it .created)" '"2001-09-09T01:46:40Z"'
assert_equal "$(file it epoch)" 1000000000
SOURCE_DATE_EPOCH=1000000001 builder build -q -t it -f epoch empty >/dev/null
assert_equal "$(file it epoch)" 1000000001
builder build -q -t it --source-date-epoch 1000000002 -f epoch empty >/dev/null
assert_equal "$(file it epoch)" 1000000002
builder build -q -t it -f - empty >/dev/null <<<$'ARG SOURCE_DATE_EPOCH=1000000003\nFROM base'
assert_equal "$(config it .created)" '"2001-09-09T01:46:43Z"'
assert_fails_with 125 builder build --build-arg SOURCE_DATE_EPOCH=never -f epoch empty
assert_contains "$output" "never"

builder build --build-arg OTHER=1 --build-arg N=1 --build-arg http_proxy=x --build-arg TARGETOS=linux -f caches empty >out 2>err
assert_line "$(cat out)" "[Warning] one or more build args were not consumed: [OTHER]"
builder build --build-arg N=1 -f caches empty >out 2>err
assert_lacks "$(cat out err)" "consumed"
