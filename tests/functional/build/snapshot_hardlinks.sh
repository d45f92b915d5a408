# Hard links stay hard links, in RUN and out of the image again.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN echo text >/a && ln /a /b && mkdir /dir && ln /a /dir/c
X
listing=$(layer it)
assert_line "$listing" "a file 0644 0:0 5"
assert_line "$listing" "b hardlink 0644 0:0 0 -> a"
assert_line "$listing" "dir/c hardlink 0644 0:0 0 -> a"
folder=$(write_oci it)
builder build -q -t it -f - . >/dev/null <<<$'FROM oci:'"$folder"$':x\nRUN stat -c %h /dir/c >/tmp/links'
assert_equal "$(file it /tmp/links)" 3
