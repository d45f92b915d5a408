# --log-level says what is told of the program's doings on standard error, and nothing of it goes elsewhere.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
build_it() { builder "$@" build -t it -f - empty 2>log <<<$'FROM base\nARG WORD=hush\nRUN echo "$WORD" >/dev/null'; }
build_it >out
assert_equal "$(grep -v '^\(Getting\|Copying\|Writing\) ' log)" "" "the default tells nothing but what is copied"
build_it --log-level debug >out
assert_contains "$(cat log)" "the store $place/store is open"
assert_contains "$(cat log)" "the cache has the layer $place/store/layers/"
assert_lacks "$(cat out)" "level=debug msg="
assert_lacks "$(cat log)" "the key is made of"
build_it --log-level=trace >/dev/null
assert_contains "$(cat log)" "the key is made of variable WORD"
assert_lacks "$(grep 'key is made' log)" hush
BUILDER_LOG_LEVEL=debug build_it >/dev/null
assert_contains "$(cat log)" "level=debug msg="
build_it --debug >/dev/null
assert_contains "$(cat log)" "level=debug msg="
assert_fails_with 125 builder --log-level loud images
assert_contains "$output" "\"loud\""
