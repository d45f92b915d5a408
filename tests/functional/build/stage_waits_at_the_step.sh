# A stage runs its steps until one needs another stage; it does not wait for that from the beginning. Also with --jobs 1.
. "$(dirname "$0")/../library.sh"
make_base
mount=--mount=type=cache,id=meeting,target=/m
text="FROM base AS slow
RUN $mount for i in \$(seq 500); do test -e /m/started && break; sleep 0.02; done; test -e /m/started && echo met >/met
FROM base
RUN $mount touch /m/started
COPY --from=slow /met /met"
build_empty <<<"$text"
assert_equal "$(file it /met)" met
build_empty --no-cache --jobs 1 <<<"$text"
# --after waits from the beginning.
build_empty <<<$'FROM base AS first\nRUN --mount=type=cache,id=x,target=/m echo 1 >/m/file\nFROM --after=first base\nRUN --mount=type=cache,id=x,target=/m cat /m/file >/read'
assert_equal "$(file it /read)" 1
assert_fails_with 125 builder build -f - empty <<<'FROM --after=nowhere base'
assert_contains "$output" "there is no such stage"
