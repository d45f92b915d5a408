# A folder made anew hides what was in it; a folder turned into a file, and back, is what it is last.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN mkdir /again /gone && touch /again/old /gone/old && echo text >/was-file
RUN rm -r /again && mkdir /again && touch /again/new
RUN rm -r /gone && echo file >/gone && rm /was-file && mkdir /was-file
RUN ls /again >/tmp/seen && cat /gone >>/tmp/seen && test -d /was-file && rm /gone && mkdir /gone && ls /gone | wc -l >>/tmp/seen
X
builder build -q -t it . >/dev/null
assert_equal "$(file it /tmp/seen)" $'new\nfile\n0'
again=$(layer it -3)
[[ $again == *again/.wh..wh..opq* || $again == *again/.wh.old* ]] || fail "nothing hides the old content: $again"
assert_line "$(layer it -2)" "gone file 0644 0:0 5"
assert_line "$(layer it -2)" "was-file folder 0755 0:0 0"
# The same when the image was written, and read into another store.
folder=$(write_oci it)
"$program" --root "$place/store/two" --runroot "$place/run" build -q -f - . >/dev/null <<X
FROM oci:$folder:x
RUN test -f /again/new && test ! -e /again/old && test -d /gone && test ! -e /gone/old && test -d /was-file
X
