# A source that is not in the context is refused with the line and the nearest name.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && touch context/settings.toml
assert_refused -f - context <<<$'FROM base\nRUN true\nCOPY setings.toml /x'
assert_contains "$output" "standard input:3"
assert_contains "$output" "settings.toml"
printf 'settings.toml\n' >context/.dockerignore
assert_refused -f - context <<<$'FROM base\nCOPY settings.toml /x'
assert_contains "$output" ".dockerignore leaves it out"
