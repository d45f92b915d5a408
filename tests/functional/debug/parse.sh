# debug parse prints the syntax tree, an instruction a line, or as JSON.
. "$(dirname "$0")/../library.sh"
printf 'FROM base AS x\nRUN --network=none echo "hi" \\\n  there\nENV A=1 B="2 3"\nONBUILD RUN ["a", "b"]' >Containerfile
builder debug parse Containerfile >tree
cat >wanted <<'TREE'
(from "base" "AS" "x")
(run ["--network=none"] "echo \"hi\"   there")
(env "A" "1" "=" "B" "\"2 3\"" "=")
(onbuild (run "a" "b"))
TREE
cmp tree wanted || fail "$(diff tree wanted)"
assert_equal "$(builder debug parse --format sexpr - <Containerfile)" "$(cat wanted)"
assert_equal "$(builder debug parse --format json Containerfile | jq -c '.instructions[1].place')" '{"line":2,"last_line":3}'
assert_fails_with 125 builder debug parse --format xml Containerfile
assert_fails_with 125 builder debug parse missing
: >empty
assert_fails_with 125 builder debug parse empty
[[ ! -e store ]] || fail "a store was made"
