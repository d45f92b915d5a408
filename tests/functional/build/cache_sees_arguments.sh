# An argument matters to the cache from where it is declared, and only there.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN echo before
ARG VERSION=1
RUN echo behind
X
builder build -q . >/dev/null
log=$(builder build --progress=plain --build-arg VERSION=2 .)
assert_equal "$(grep -c -e '--> cached' <<<"$log")" 1 "steps above the ARG"
assert_equal "$(grep -c -e '--> done' <<<"$log")" 1 "steps below the ARG"
assert_lacks "$(builder build --progress=plain --build-arg VERSION=1 .)" "--> done"
assert_lacks "$(builder build --progress=plain --build-arg HTTP_PROXY=http://nowhere:1 .)" "--> done" "proxies are no input"
