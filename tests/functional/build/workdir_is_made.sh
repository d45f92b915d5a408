# WORKDIR makes a missing folder for the user, and is where RUN starts; relative ones add up.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
USER alice
WORKDIR /made/here
WORKDIR below
RUN pwd >/tmp/pwd
X
assert_line "$(layer it -3)" "made/here folder 0755 1234:1235 0"
assert_line "$(layer it -2)" "made/here/below folder 0755 1234:1235 0"
assert_equal "$(file it /tmp/pwd)" /made/here/below
# One that is there makes no layer.
assert_equal "$(build_empty <<<$'FROM base\nWORKDIR /tmp'; config it '.rootfs.diff_ids | length')" "$(config base '.rootfs.diff_ids | length')"
