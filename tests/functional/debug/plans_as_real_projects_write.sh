# Files as real projects write them are planned without an error: also with Windows' line ends, with a byte order mark, and long.
. "$(dirname "$0")/../library.sh"
for folder in "$tests"/../../testdata/containerfiles/*/; do
    builder debug plan -f "$folder/Containerfile" >plan || fail "$folder"
    assert_contains "$(cat plan)" "stage 0"
    # A file whose lines are part of a here-document is another file with other line ends.
    sed 's/\r$//; s/$/\r/' "$folder/Containerfile" >crlf
    { printf '\357\273\277' && sed '1s/^\xEF\xBB\xBF//' crlf; } >bom
    for file in crlf bom; do
        builder debug plan -f $file | tr -d '\r' >plan.$file || fail "$folder with $file"
        assert_equal "$(grep -c '^stage' plan.$file)" "$(grep -c '^stage' plan)" "stages of $folder with $file"
    done
done
{
    echo 'FROM debian AS stage0'
    for ((i = 1; i < 100; ++i)); do
        printf 'FROM stage%d AS stage%d\nARG V%d=%d\nRUN --mount=type=cache,target=/c%d echo ${V%d} \\\n    && true\nCOPY --from=stage0 /a /b%d\n' $((i - 1)) $i $i $i $i $i $i
    done
} >long
(($(wc -l <long) >= 496)) || fail "the file is too short"
builder debug plan --format json -f long >plan.json
assert_equal "$(jq '.stages | length' plan.json)" 100
assert_equal "$(jq '[.stages[].steps | length] | add' plan.json)" 297
assert_equal "$(jq -c '.stages[99].needs' plan.json)" '[0,98]'
