# --progress json: what happens as objects, a line each, for programs that follow a build; nothing else is on standard output.
source "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base AS a\nRUN echo "said \\303\\044"; printf "\\377broken"\nFROM a\nENV x=1\n' >Containerfile
mkdir empty
builder build --progress json -t it -f Containerfile empty >events
jq -s . events >all.json || fail "a line is no JSON: $(cat events)"
select_of() { jq -r "map(select(.event == \"$1\")) | $2" all.json; }
assert_equal "$(select_of build '.[0].stages')" 2
assert_equal "$(select_of step_finished 'map(.outcome) | unique | join(" ")')" "configured done"
assert_contains "$(select_of step_output 'map(.text) | join("")')" "said"
assert_equal "$(select_of step_used 'map(select(.step == 2 and .stage == "a"))[0] | .peak_memory_bytes > 0 and .seconds > 0')" true
assert_equal "$(select_of image '.[0].id')" "sha256:$(builder images -q --no-trunc it | sed 's/^sha256://')"
assert_equal "$(select_of image '.[0].names[0]')" localhost/it:latest
builder build --progress json -t it -f Containerfile empty | jq -se 'map(select(.outcome == "cached")) | length == 1' >/dev/null || fail "nothing is cached"
assert_fails_with 3 builder build --progress json -f - empty <<<$'FROM base\nRUN exit 3'
assert_contains "$output" '"event":"step_failed"'
assert_fails_with 125 builder build --progress xml empty
assert_contains "$output" json
