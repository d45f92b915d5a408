# The digest that is printed depends on content, names and modes alone, and is the one that Buildah prints.
source "$(dirname "$0")/../library.sh"
needs_root
container=$(builder from scratch)
mkdir folder
echo hello >h.txt
echo 1 >folder/a
chmod 644 h.txt folder/a
assert_equal "$(builder copy "$container" h.txt /y)" 40b0eb8fca2b51089bc36f0fa1eeff3eee3bf10e3d32f6c00346df2b5f5a888a
assert_equal "$(builder copy "$container" folder /z)" 42f8cb045d2f9c8b6b60e35ed6cb20d5b113727885ae344e9376e6c6a6cd0fae
assert_equal "$(builder copy "$container" folder h.txt /z)" d286b997b7486a7ed0c35e38ae4162ad59c58d300ade8933a26c5a874cdf9963
assert_equal "$(builder add --add-history "$container" h.txt)" 8adc6f4f2683db62101cc39cef416b1def63505290beb2e8b8fa6e250f74c9d7
assert_contains "$(builder inspect "$container" | jq -r '.History[].created_by')" "ADD file:8adc6f4f2683"
assert_equal "$(builder copy -q "$container" h.txt)" ""
builder rm --all >/dev/null
