# images lists names, IDs and sizes; -q and --json give the same in other forms.
. "$(dirname "$0")/../library.sh"
make_base
id=$(build_empty <<<$'FROM base\nLABEL a=b'; cat build.id)
builder tag it example.com/other:v2
table=$(builder images)
assert_equal "$(head -1 <<<"$table" | tr -s ' ')" "REPOSITORY TAG IMAGE ID CREATED SIZE"
assert_equal "$(grep -c "${id:0:12}" <<<"$table")" 2
assert_contains "$table" "example.com/other"
assert_equal "$(builder images -n | wc -l)" 3
assert_line "$(builder images -q --no-trunc)" "sha256:$id"
names=$(builder images --json --no-trunc | jq -c --arg id "sha256:$id" '.[] | select(.id == $id) | .names')
assert_equal "$names" '["example.com/other:v2","localhost/it:latest"]'
assert_equal "$(builder images -q it)" "${id:0:12}"
