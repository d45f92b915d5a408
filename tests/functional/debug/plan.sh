# debug plan prints the graph of the stages as text, JSON and for Graphviz; nothing is built.
. "$(dirname "$0")/../library.sh"
cat >Containerfile <<'CONTAINERFILE'
ARG BASE=alpine
FROM $BASE AS compile
RUN make
FROM scratch AS unused
COPY a /a
FROM compile
COPY --from=compile /x /y
RUN --mount=type=bind,from=unused,target=/u true
FROM scratch AS final
COPY --from=compile /x /x
CONTAINERFILE
builder debug plan . >text
assert_line "$(cat text)" "stage 0 (compile)"
assert_line "$(cat text)" "  on image alpine"
assert_line "$(cat text)" "stage 1 (unused), skipped"
assert_line "$(cat text)" "stage 3 (final), target"
assert_line "$(cat text)" "  needs compile"
plan() { builder debug plan --format json "$@" | jq -c "[.target, [.stages[] | .skipped], [.stages[] | .needs]]"; }
assert_equal "$(plan Containerfile)" '[3,[false,true,true,false],[[],[],[0,1],[0]]]'
assert_equal "$(plan --target 2 -f Containerfile .)" '[2,[false,false,false,true],[[],[],[0,1],[0]]]'
assert_equal "$(plan - <Containerfile)" '[3,[false,true,true,false],[[],[],[0,1],[0]]]'
assert_equal "$(builder debug plan --format json --build-arg BASE=debian | jq -r '.stages[0].base.image')" debian
assert_equal "$(builder debug plan --format json --platform arm64 | jq -r '.stages[0].platform')" linux/arm64
assert_contains "$(builder debug plan --format dot)" 'stage0 -> stage3 [style=dotted];'
assert_fails_with 125 builder debug plan --target finl
assert_contains "$output" "did you mean final?"
[[ ! -e store ]] || fail "a store was made"
