# An image may have one layer twice; overlayfs takes no folder twice.
source "$(dirname "$0")/../library.sh"
make_base
build_empty --timestamp 0 --rewrite-timestamp --no-cache <<'X'
FROM base
RUN echo 1 >/file
RUN rm /file
RUN echo 1 >/file
RUN rm /file
RUN test ! -e /file
RUN echo 1 >/file
RUN test -e /file
X
assert_equal "$(config it '[.rootfs.diff_ids[-7:][]] | unique | length')" 3
assert_equal "$(file it /file)" 1
