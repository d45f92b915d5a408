# Set-ID bits, device nodes and FIFOs are what they were.
. "$(dirname "$0")/../library.sh"
make_base
build_empty --cap-add mknod <<'X'
FROM base
RUN touch /suid /sgid && chmod 4755 /suid && chmod 2755 /sgid && mkdir -m 1777 /sticky && mkdir -m 2775 /shared
RUN mknod /null c 1 3 && mknod /disk b 7 9 && mknod /pipe p && chmod 0604 /null
RUN test -c /null && test -b /disk && test -p /pipe && test -u /suid
X
assert_line "$(layer it -3)" "suid file 4755 0:0 0"
assert_line "$(layer it -3)" "sgid file 2755 0:0 0"
assert_line "$(layer it -3)" "sticky folder 1777 0:0 0"
assert_line "$(layer it -3)" "shared folder 2775 0:0 0"
assert_line "$(layer it -2)" "null char 0604 0:0 0 dev=1,3"
assert_line "$(layer it -2)" "disk block 0644 0:0 0 dev=7,9"
assert_line "$(layer it -2)" "pipe fifo 0644 0:0 0"
folder=$(write_oci it)
builder build -q -t it -f - . >/dev/null <<<$'FROM oci:'"$folder"$':x\nRUN test -c /null -a -b /disk -a -p /pipe -a -u /suid -a -g /sgid -a -k /sticky'
