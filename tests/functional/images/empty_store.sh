# An empty store has no images, and asking makes no error.
. "$(dirname "$0")/../library.sh"
assert_equal "$(builder images -q)" ""
assert_equal "$(builder images --json)" "[]"
