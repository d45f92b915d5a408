# prune says what goes before anything does, unless it is forced; what it prints for scripts stays as it is.
source "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nRUN touch /one\nRUN touch /two'
assert_equal "$(builder prune --dry-run 2>/dev/null | tail -n +2 | sed '/^build-record/d' | wc -l)" 0 "all steps are an image's"
build_empty --no-cache <<<$'FROM base\nRUN touch /three'
builder prune >out 2>err
assert_contains "$(head -1 err)" "1 image, "
assert_contains "$(head -1 err)" "(builder prune --dry-run lists them)"
assert_contains "$(tail -1 err)" "freed"
assert_equal "$(wc -l <out)" 1 "the ID of the image"
build_empty --no-cache <<<$'FROM base\nRUN touch /four'
builder prune --force >out 2>err
assert_lacks "$(cat err)" "removing"
builder prune >out 2>err
assert_lacks "$(cat err)" "removing" "nothing is left to remove"
