# A trigger of a base image may name a stage of the file that nothing else needs: it is built then. Others are not.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nONBUILD COPY --from=build /made /copied\nONBUILD RUN --mount=type=bind,from=tools,target=/tools cat /tools/tool >/used'
builder tag it with-triggers
text=$'FROM base AS tools\nRUN echo tool >/tool\nFROM tools AS build\nRUN mkdir /made && cat /tool >/made/file\nFROM base AS unneeded\nRUN false\nFROM with-triggers\nRUN cat /copied/file /used >/seen'
for jobs in 1 0; do
    build_empty --no-cache --jobs "$jobs" <<<"$text"
    assert_equal "$(file it /seen)" $'tool\ntool' "--jobs $jobs"
done
# A stage that fails is the one that is told of.
mkdir -p empty
assert_fails_with 3 builder build -f - empty <<<$'FROM base AS tools\nRUN exit 3\nFROM tools AS build\nRUN mkdir /made\nFROM with-triggers'
assert_contains "$output" "exit 3"
