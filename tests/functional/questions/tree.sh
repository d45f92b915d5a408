# tree shows the layers of an image with who else ends there, and how images stand on each other.
source "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nRUN touch /one'
builder tag it middle
builder untag middle localhost/it:latest
build_empty --layers <<<$'FROM middle\nRUN touch /two\nENV only=config\nRUN touch /three'
builder tag it left
builder untag left localhost/it:latest
build_empty <<<$'FROM middle\nENV only=config'
builder tag it right
builder untag right localhost/it:latest
mkdir context && echo x >context/x
build context <<<$'FROM scratch\nCOPY x /'
names='[.. | objects | select(has("children")) | {n: (.names[0] // "none"), c: [.children[] | .names[0] // "none"]}] | map("\(.n): \(.c | join(" "))")'
assert_equal "$(builder tree --json | jq -r "$names | sort | .[]")" "localhost/base:latest: localhost/middle:latest
localhost/it:latest: 
localhost/left:latest: 
localhost/middle:latest: localhost/left:latest localhost/right:latest
localhost/right:latest: "
# The images of steps stand between, where they are asked for.
assert_equal "$(builder tree --all --json | jq '[.. | objects | select(has("children"))] | length')" "$(builder images -a -q | sort -u | wc -l)"
# What an image adds, and what it is in all.
assert_equal "$(builder tree --json | jq '[.. | objects | select(.names? == ["localhost/right:latest"])][0].added')" 0
assert_equal "$(builder tree --json | jq '[.[] | select(.names == ["localhost/base:latest"])][0] | .size == .added')" true
drawn=$(builder tree)
assert_contains "$drawn" $'\n└── localhost/middle:latest '
assert_contains "$drawn" $'\n    ├── localhost/left:latest '
# One image.
assert_equal "$(builder tree --json left | jq -c '.layers | map(.layer)')" "$(config left .rootfs.diff_ids)"
assert_equal "$(builder tree --json left | jq '[.layers[].size] | add == '"$(builder tree --json left | jq .size)")" true
assert_equal "$(builder tree --json middle | jq -c '.layers[-1].images | sort')" '["localhost/middle:latest","localhost/right:latest"]'
assert_equal "$(builder tree --json left | jq -r '.layers[-1].instruction')" "RUN touch /three"
assert_equal "$(builder tree --json middle | jq -c '[.children[].names[0]]')" '["localhost/left:latest","localhost/right:latest"]'
assert_equal "$(builder tree --json right | jq -r .parent)" "$(builder images -q --no-trunc middle)"
assert_contains "$(builder tree middle)" "Images that stand on it:"
assert_contains "$(builder tree --no-trunc left)" "└── $(config left '.rootfs.diff_ids[-1]' | jq -r .)"
assert_fails_with 125 builder tree nosuch
assert_contains "$output" "nosuch: image not known"
builder rmi --all --force >/dev/null
assert_equal "$(builder tree --json)" "[]"
