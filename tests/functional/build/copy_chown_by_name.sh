# --chown takes names out of the image's own files, numbers, and both mixed.
. "$(dirname "$0")/../library.sh"
make_base
mkdir dir
touch dir/file
cat >Containerfile <<'X'
FROM base
COPY --chown=alice dir/file /by-user
COPY --chown=alice:staff dir/file /by-both
COPY --chown=7:makers dir/file /mixed
COPY --chown=12 dir /by-number
X
builder build -q -t it . >/dev/null
assert_line "$(layer it -4)" "by-user file 0644 1234:1235 0"
assert_line "$(layer it -3)" "by-both file 0644 1234:50 0"
assert_line "$(layer it -2)" "mixed file 0644 7:77 0"
assert_line "$(layer it -1)" "by-number folder 0755 12:12 0"
assert_line "$(layer it -1)" "by-number/file file 0644 12:12 0"
assert_fails_with 125 builder build -f - . <<<$'FROM base\nCOPY --chown=nobody-here dir /x'
assert_contains "$output" "nobody-here"
