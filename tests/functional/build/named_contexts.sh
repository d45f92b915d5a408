# --build-context names folders and stands in for images and stages.
. "$(dirname "$0")/../library.sh"
make_base
mkdir other main && echo other >other/file && echo main >main/file
builder build -q --build-context extra=other -t it -f - main >/dev/null <<<$'FROM base\nCOPY file /a\nCOPY --from=extra file /b\nRUN --mount=from=extra,target=/m cp /m/file /c'
assert_equal "$(file it /a) $(file it /b) $(file it /c)" "main other other"
