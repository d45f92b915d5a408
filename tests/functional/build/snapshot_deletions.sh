# What a step deletes is a whiteout in its layer and is gone in the next step.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN mkdir -p /dir/sub && touch /file /dir/a /dir/sub/b
RUN rm -r /file /dir/sub && touch /dir/.keep
RUN test ! -e /file && test ! -e /dir/sub && test -e /dir/a && rm /dir/a && touch /dir/a2
X
assert_line "$(layer it -2)" ".wh.file file 0000 0:0 0"
assert_line "$(layer it -2)" "dir/.wh.sub file 0000 0:0 0"
assert_lacks "$(layer it -2)" "dir/sub/b"
assert_line "$(layer it -1)" "dir/.wh.a file 0000 0:0 0"
# What came and went within the step leaves no trace.
build_empty <<<$'FROM base\nRUN touch /never && rm /never'
assert_lacks "$(layer it)" never
