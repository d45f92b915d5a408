# ../ in a source means the top of the context, not what lies above it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p above/context/dir
echo outside >above/file
echo inside >above/context/file
build above/context <<<$'FROM base\nCOPY ../file dir/../../file /x/'
assert_equal "$(file it /x/file)" inside
assert_fails_with 125 builder build -f - above/context <<<$'FROM base\nCOPY ../context/file /x'
assert_contains "$output" "2" "the line"
