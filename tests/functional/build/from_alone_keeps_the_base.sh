# A build that gives the image that it started from gives that image a name, and does not change what it says of itself.
source "$(dirname "$0")/../library.sh"
make_base
builder build -q -t mine -f - . >/dev/null <<<$'FROM base\nENV x=1'
manifest() { builder inspect --type image "$1" | jq -cS .Manifest; }
before=$(manifest mine)
builder build -q -t again -f - . >/dev/null <<<'FROM mine'
assert_equal "$(manifest mine)" "$before" "the manifest"
assert_equal "$(builder images -q --no-trunc again)" "$(builder images -q --no-trunc mine)"
# What is asked for is said all the same.
builder build -q -t noted --annotation note=here -f - . >/dev/null <<<'FROM mine'
assert_contains "$(manifest noted)" note
# What is taken away is away.
builder build -q -t without --unsetannotation note -f - . >/dev/null <<<'FROM noted'
assert_lacks "$(manifest without)" '\"note\"'
builder build -q -t bare --inherit-annotations=false -f - . >/dev/null <<<'FROM noted'
assert_lacks "$(manifest bare)" '\"note\"'
