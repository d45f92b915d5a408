# untag takes the names that are given, or all; the image stays.
source "$(dirname "$0")/../library.sh"
make_base
builder tag base one two
builder untag base one
assert_equal "$(builder inspect base | jq -c .Names)" '["localhost/two:latest","localhost/base:latest"]'
id=$(builder images -q --no-trunc two)
assert_fails_with 125 builder untag base three
builder untag two
assert_equal "$(builder images --filter dangling=true -q --no-trunc)" "$id"
