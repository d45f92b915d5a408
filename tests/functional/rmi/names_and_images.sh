# rmi takes a name away, the image with its last name, and by ID only with --force.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nRUN echo x >/x'
builder tag it second
id=$(cat build.id)
assert_equal "$(builder rmi second)" "untagged: localhost/second:latest"
builder tag it second
assert_fails_with 125 builder rmi "$id"
assert_contains "$output" "by ID with more than one tag ([localhost/second:latest localhost/it:latest])"
assert_contains "$(builder rmi --force "$id")" "$id"
assert_fails_with 125 builder inspect it
builder inspect base >/dev/null
assert_fails_with 125 builder rmi it
