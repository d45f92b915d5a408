# A record that is damaged, cut off or of another version is an error with a next move, and nobody else's trouble.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
builder builds rm --all >/dev/null
rm -r store/builds/trees
mkdir context
printf 'FROM base\nRUN echo hello\n' >context/Containerfile
builder build -q context >/dev/null
good=$(builder builds ls -q)
events=$(echo store/builds/*.events)
cp "$events" whole

# Cut off in the middle of a line, as after a power cut: what is there counts.
head -c -20 whole >"$events"
assert_contains "$(builder builds show)" "interrupted"
# Nothing at all.
: >"$events"
assert_fails_with 125 builder builds show
assert_contains "$output" "cannot read the record of build $good: it has no beginning"
assert_contains "$output" "builder builds rm $good removes it"
# Garbage, a value of the wrong kind, another version.
printf 'garbage\n' >"$events"
assert_fails_with 125 builder why
assert_contains "$output" "line 1 is damaged"
sed 's/"took_us":[0-9]*/"took_us":"soon"/' whole >"$events"
assert_fails_with 125 builder why
assert_contains "$output" "is damaged"
sed 's/"format":1/"format":99/' whole >"$events"
assert_fails_with 125 builder builds show
assert_contains "$output" "format 99"
# The list tells of it and goes on; a build does not mind it.
builder build -q context >/dev/null
output=$(builder builds ls 2>&1)
assert_contains "$output" "warning: cannot read the record of build $good"
assert_contains "$output" "done"
assert_equal "$(builder why --json | jq -r '.steps[0].outcome')" cached
echo 1 >context/new
printf 'FROM base\nCOPY new /\nRUN echo hello\n' >context/Containerfile
builder build -q context >/dev/null
builder builds rm "$good" >/dev/null
assert_lacks "$(builder builds ls 2>&1)" warning
# A damaged list of files: the reason says less.
tree=$(echo store/builds/trees/*)
[[ -e $tree ]] || fail "there is no list: $tree"
truncate -s 5 "$tree"
echo 2 >context/new
builder build -q context >/dev/null
assert_equal "$(builder why --json | jq -r '.steps[0].reason.text')" "file new changed"
# Files of others in the folder are left alone.
echo mine >store/builds/notes.txt
builder builds rm --all >/dev/null
assert_equal "$(ls store/builds | grep -v trees)" notes.txt
rm store/builds/notes.txt
