# A folder of which the ignore file leaves nothing is not there; a wildcard passes over it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/dir context/kept && touch context/dir/a context/kept/b
printf '**\n!dir/other\n!kept/b\n' >context/.dockerignore
assert_fails_with 125 builder build -f - context <<<$'FROM base\nCOPY dir /x'
assert_contains "$output" ".dockerignore leaves it out"
build context <<<$'FROM base\nCOPY * /x/'
assert_line "$(layer it)" "x/b file 0644 0:0 0"
