# --build-context stands in for stages and images: folders, archives, git, images, layouts, stages.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir other main && echo other >other/file && echo main >main/file && echo no >other/ignored && echo ignored >other/.dockerignore
named() { # --build-context...
    builder build -q "$@" -t it -f - main >/dev/null
}
named --build-context extra=other <<<$'FROM base\nCOPY file /a\nCOPY --from=extra file /b\nRUN --mount=from=extra,target=/m cp /m/file /c && ! test -e /m/ignored'
assert_equal "$(file it /a) $(file it /b) $(file it /c)" "main other other"
assert_fails_with 125 builder build --build-context extra=other -f - main <<<$'FROM base\nCOPY --from=extra ignored /b'
assert_contains "$output" ".dockerignore leaves it out"
# A folder as a base is a base without configuration.
named --build-context extra=other <<<$'FROM extra\nCOPY --from=base /bin/busybox /busybox\nRUN ["/busybox", "cat", "/file"]'
assert_equal "$(file it /file)" other
# A stage of that name is not built at all.
named --build-context first=other <<<$'FROM base AS first\nRUN false\nFROM base\nCOPY --from=first file /b'
assert_equal "$(file it /b)" other
named --build-context first=other <<<$'FROM base AS first\nRUN false\nFROM base\nCOPY --from=0 file /b'
assert_equal "$(file it /b)" other
# Images, by any way of writing the name that is replaced.
builder push -q base oci:layout:tagged
named --build-context alpine:latest=oci-layout://layout:tagged <<<$'FROM alpine\nRUN true'
named --build-context docker.io/library/alpine=oci-layout://layout:tagged <<<$'FROM alpine:latest\nCOPY --from=alpine /etc/passwd /p'
digest=$(jq -r '.manifests[0].digest' layout/index.json)
named --build-context alpine=oci-layout://layout@"$digest" <<<$'FROM alpine\nRUN true'
named --build-context alpine=docker-image://localhost/base <<<$'FROM alpine\nRUN true'
named --build-context alpine=container-image://base <<<$'FROM alpine\nRUN true'
# A stage of the same file, also a later one.
named --build-context alpine=target:late <<<$'FROM alpine AS final\nCOPY --from=alpine /late /copy\nFROM base AS late\nRUN echo late >/late\nFROM final'
assert_equal "$(file it /copy)" late
assert_fails_with 125 builder build --build-context alpine=target:final -f - main <<<$'FROM base\nFROM alpine AS final'
assert_contains "$output" "needs itself"
assert_fails_with 125 builder build --build-context alpine=target:nowhere -f - main <<<$'FROM alpine'
assert_contains "$output" "there is no such stage"
# Archives and repositories.
mkdir served && tar --create --gzip --file served/other.tgz -C other . && new_repository served/app.git && echo git >served/app.git/file
commit_all served/app.git first
serve_git served
named --build-context extra="$url/app.git" <<<$'FROM base\nCOPY --from=extra file /b'
assert_equal "$(file it /b)" git
kill "$server"
serve served
named --build-context extra="$url/other.tgz" <<<$'FROM base\nCOPY --from=extra file /b'
assert_equal "$(file it /b)" other
assert_fails_with 125 builder build --build-context extra=docker-imag://x -f - main <<<'FROM base'
assert_contains "$output" "did you mean docker-image"
assert_fails_with 125 builder build --build-context extra=nowhere -f - main <<<$'FROM base\nCOPY --from=extra file /'
assert_contains "$output" "nowhere"
