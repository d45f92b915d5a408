# VOLUME makes its folder where the image lacks it, as root's with mode 0755, where links lead inside the image; later steps use it.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN ln -s /real/place /link && mkdir -m 1770 /there && chown 5:6 /there
USER alice
VOLUME ["/made/deep", "/link", "/link/below", "/there"]
USER root
RUN stat -c '%n %a %u:%g' /made /made/deep /real /real/place /real/place/below /there >/looks && touch /made/deep/file /link/file
X
assert_equal "$(file it /looks)" "/made 755 0:0
/made/deep 755 0:0
/real 755 0:0
/real/place 755 0:0
/real/place/below 755 0:0
/there 1770 5:6"
assert_line "$(layer it -3)" "link link 0777 0:0 0 -> /real/place" 
assert_line "$(layer it)" "made/deep/file file 0644 0:0 0"
assert_line "$(layer it)" "real/place/file file 0644 0:0 0"
# Where all of them are there, it only says so.
before=$(config it '.rootfs.diff_ids | length')
build_empty <<<$'FROM it\nVOLUME /made/deep /link'
assert_equal "$(config it '.rootfs.diff_ids | length')" "$before"
