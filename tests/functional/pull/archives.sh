# pull prints the image's ID as its last word, and FROM takes the same places.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q base "oci-archive:$place/a.tar:example.com/some/name:v1"
id=$(builder inspect base | jq -r .FromImageID)
two() { "$program" --root "$place/store/two" --runroot "$place/run" "$@"; }
assert_equal "$(two pull "oci-archive:$place/a.tar" | tail -1)" "$id"
two build -q -f - . >/dev/null <<<"FROM oci-archive:$place/a.tar:example.com/some/name:v1"
assert_fails_with 125 two pull "oci-archive:$place/none.tar"
assert_contains "$output" none.tar
