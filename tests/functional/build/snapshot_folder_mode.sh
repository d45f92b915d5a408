# A changed mode or owner of a folder alone is in the layer, without the folder's content.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN mkdir /dir && touch /dir/file
RUN chmod 0700 /dir
RUN chown alice:staff /dir
X
assert_equal "$(layer it -2)" "dir folder 0700 0:0 0"
assert_equal "$(layer it -1)" "dir folder 0700 1234:50 0"
