# The folder of a VOLUME is there for the RUNs that follow, as root's with mode 0755, where links lead inside the image.
. "$(dirname "$0")/../library.sh"
make_base
for driver in vfs overlay; do
    rm -f build.id
    mkdir -p empty
    builder --storage-driver "$driver" build -q -t it -f - empty >/dev/null <<'X'
FROM base
RUN ln -s /real/place /link && mkdir -m 1770 /there && chown 5:6 /there
USER alice
VOLUME ["/made/deep", "/link", "/there"]
VOLUME /link/below
USER root
RUN stat -c '%n %a %u:%g' /made /made/deep /real /real/place /real/place/below /there >/looks && touch /made/deep/file /link/file
RUN rm -r /made
RUN test ! -e /made
VOLUME /unused
X
    assert_equal "$(file it /looks)" "/made 755 0:0
/made/deep 755 0:0
/real 755 0:0
/real/place 755 0:0
/real/place/below 755 0:0
/there 1770 5:6" "$driver"
    assert_line "$(layer it -4)" "link link 0777 0:0 0 -> /real/place"
    assert_line "$(layer it -3)" "made/deep/file file 0644 0:0 0"
    assert_line "$(layer it -3)" "real/place/file file 0644 0:0 0"
    assert_equal "$(layer it)" "" "what nobody uses"
done
# That a volume is made is part of what a step is.
build_empty <<<$'FROM base\nVOLUME /v\nRUN ls -d /v >/seen; true'
build_empty <<<$'FROM base\nRUN ls -d /v >/seen; true'
assert_equal "$(file it /seen)" ""
