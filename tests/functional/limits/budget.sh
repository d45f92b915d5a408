# --budget: an image that is too large, or grew too much, fails the build, names the steps, and gets no name.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
grown() { printf 'FROM base\nRUN dd if=/dev/zero of=/small bs=1k count=100 2>/dev/null\nRUN dd if=/dev/zero of=/%s bs=1M count=%s 2>/dev/null\n' "$1" "$2"; }
grown big 5 >larger
grown big 1 >smaller
builder build -q --budget image=100MB -t it -f smaller empty >first
assert_fails_with 125 builder build --budget image=5MB -t it -f larger empty
assert_contains "$output" "the image would be larger than --budget image=5MB allows"
assert_contains "$output" "hint: the steps that added most: 5.2"
assert_contains "$output" "dd if=/dev/zero of=/big bs=1M count=5"
assert_equal "$(builder images -q it)" "$(cut -c1-12 first)" "the name stays where it was"
assert_fails_with 125 builder build --budget image=+3MB -t it -f larger empty
assert_contains "$output" "MB more than the one that has its name"
assert_lacks "$(grep ^hint <<<"$output")" "of=/small" "a layer that the image had before is to blame"
builder build -q --budget image=+5MB -t it -f larger empty >second
assert_equal "$(builder images -q it)" "$(cut -c1-12 second)"
# The first image of a name has grown by nothing that anybody knows.
builder build --budget image=+1k -t fresh -f larger empty >log 2>&1 || fail "$(cat log)"
assert_contains "$(cat log)" "there is no image of this name yet"
for bad in 5MB image= image=+ image=many disk=5MB; do
    assert_fails_with 125 builder build --budget "$bad" -f larger empty
    assert_lacks "$output" STEP
done
