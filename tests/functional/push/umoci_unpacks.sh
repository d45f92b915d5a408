# umoci unpacks what builder writes to the same files.
. "$(dirname "$0")/../library.sh"
needs umoci
make_base
build_empty --cap-add mknod <<'X'
FROM base
RUN mkdir -p /d/e && echo x >/d/e/f && ln /d/e/f /d/hard && ln -s e/f /d/soft && mknod /d/null c 1 3 && chown 5:6 /d/e
RUN rm /d/hard && chmod 4711 /d/e/f
X
builder push -q it oci:image:tag
umoci unpack --image image:tag bundle >/dev/null 2>&1 || fail "umoci cannot unpack it"
seen=$(cd bundle/rootfs/d && stat -c '%n %F %a %u:%g' e e/f null && readlink soft && ls)
assert_equal "$seen" $'e directory 755 5:6\ne/f regular file 4711 0:0\nnull character special file 644 0:0\ne/f\ne\nnull\nsoft'
