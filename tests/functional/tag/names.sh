# tag gives more names, takes them from other images, and refuses bad ones.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nLABEL a=b'
builder tag it one example.com:5000/two/three:v4
assert_equal "$(builder inspect one | jq -c .Names)" '["example.com:5000/two/three:v4","localhost/one:latest","localhost/it:latest"]'
builder tag base one
assert_equal "$(builder inspect one | jq -r .FromImageID)" "$(builder inspect base | jq -r .FromImageID)"
for bad in UPPER 'a b' 'x@sha256:0000000000000000000000000000000000000000000000000000000000000000' :v1; do
    assert_fails_with 125 builder tag it good "$bad"
done
assert_fails_with 125 builder inspect good # all names or none
