# A URL that is not there fails the build, with the status and the line.
. "$(dirname "$0")/../library.sh"
make_base
mkdir served
serve served
assert_fails_with 125 builder build -t it --build-arg URL="$url" -f - served <<<$'FROM base\nARG URL\nADD $URL/nothing /x'
assert_contains "$output" 404
assert_contains "$output" "standard input:3"
assert_fails_with 125 builder inspect it
