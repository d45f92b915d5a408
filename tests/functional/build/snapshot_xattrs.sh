# Extended attributes are kept: a file's capabilities above all, through RUN, COPY and the archive.
. "$(dirname "$0")/../library.sh"
needs setcap setfattr
make_base
touch tool && setcap cap_net_bind_service+ep tool || skip "this file system keeps no capabilities"
setfattr -n user.note -v hi tool
capability=$("$python" -c 'import os; print(os.getxattr("tool", "security.capability").hex())')
build . <<'X'
FROM base
COPY tool /tool
COPY --chown=0:0 tool /owned
X
expected="file 0644 0:0 0 security.capability=$capability user.note=6869"
assert_line "$(layer it -2)" "tool $expected"
assert_line "$(layer it -1)" "owned $expected"
folder=$(write_oci it)
builder build -q -t again -f - . >/dev/null <<<$'FROM oci:'"$folder"$':x\nRUN cp -p /tool /other && touch /tool'
assert_line "$(layer again -1)" "tool $expected"
