# pull prints the image's ID as its last word, and FROM takes the same places.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q base "oci-archive:$place/a.tar:example.com/some/name:v1"
id=$(builder inspect base | jq -r .FromImageID)
# What an archive calls its image takes no name away from an image that is here.
builder build -q -t other -f - . >/dev/null <<<$'FROM base\nLABEL other=yes'
assert_different "$(builder inspect other | jq -r .FromImageID)" "$id" "the other image"
for kind in oci-archive docker-archive; do
    builder push -q other "$kind:$place/$kind.tar:localhost/base:latest"
    [[ $(grep -ac 'localhost/base' "$kind.tar") != 0 ]] || fail "the archive does not have the name"
    builder pull -q "$kind:$place/$kind.tar" >/dev/null
    assert_equal "$(builder inspect base | jq -r .FromImageID)" "$id" "what the name means after the pull of a $kind"
done
two() { "$program" --root "$place/store/two" --runroot "$place/run" "$@"; }
assert_equal "$(two pull "oci-archive:$place/a.tar" | tail -1)" "$id"
two build -q -f - . >/dev/null <<<"FROM oci-archive:$place/a.tar:example.com/some/name:v1"
assert_fails_with 125 two pull "oci-archive:$place/none.tar"
assert_contains "$output" none.tar
# A build names nothing but what it makes.
three() { "$program" --root "$place/store/three" --runroot "$place/run" "$@"; }
three build -q -t made -f - . >/dev/null <<<"FROM oci-archive:$place/a.tar:example.com/some/name:v1"
assert_equal "$(three images --format '{{.Name}}' | sort -u)" localhost/made
