# Every command that the help names has a help of its own.
. "$(dirname "$0")/../library.sh"
for command in $(builder --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
    assert_contains "$(builder "$command" --help)" "builder $command"
    commands=${commands:-}x
done
((${#commands} >= 10)) || fail "the help names only ${#commands} commands"
assert_fails_with 125 builder imagse
assert_contains "$output" $'Did you mean this?\n\timages'
assert_fails_with 125 builder images --quit
assert_contains "$output" "--quiet"
