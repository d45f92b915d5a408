# An image that containers are made from stays, by every way of removing it, unless the containers may go with it.
source "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nLABEL a=b'
container=$(builder from it)
assert_fails_with 125 builder rmi it
assert_contains "$output" "image is in use by a container"
assert_contains "$output" "remove the container '$container' first"
assert_fails_with 125 builder rmi --all
builder inspect it >/dev/null
builder untag it
builder prune >/dev/null 2>&1
builder run "$container" true
id=$(builder inspect "$container" | jq -r .FromImageID)
assert_fails_with 125 builder rmi "${id:0:10}"
builder rmi --force "${id:0:10}" >/dev/null
assert_equal "$(builder containers -q)" ""
assert_fails_with 125 builder inspect "$id"
