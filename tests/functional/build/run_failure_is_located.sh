# A RUN that fails is named by its lines, a here-document too; a missing shell is said to be missing.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
assert_fails_with 3 builder build -f - empty <<'CONTAINERFILE'
FROM base
RUN <<EOF
echo one
exit 3
EOF
CONTAINERFILE
assert_contains "$output" "the here-document of 'RUN <<EOF', lines 3 to 4, failed with exit code 3"
assert_contains "$output" "standard input:2"
assert_fails_with 1 builder build -f - empty <<<$'FROM scratch\nRUN echo hi'
assert_contains "$output" "the image has no shell '/bin/sh'"
assert_contains "$output" "hint: the image has no shell; use the exec form"
assert_fails_with 1 builder build -f - empty <<<$'FROM base\nSHELL ["/bin/bash", "-c"]\nRUN echo hi'
assert_contains "$output" "the image has no shell '/bin/bash'"
assert_contains "$output" "standard input:3"
assert_fails_with 1 builder build -f - empty <<<$'FROM base\nRUN ["/bin/nothing"]'
assert_lacks "$output" "shell"
