# A step that swaps the places where something was mounted makes nothing outside, and nothing of it is deleted afterwards
# (CVE-2024-23652: the mount points of a step are taken away by path; CVE-2024-23651: caches whose path is a link).
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p victim/inner && echo keep >victim/inner/file
build_empty --no-cache <<CONTAINERFILE
FROM base
RUN mkdir -p /etc/inner $place/victim/inner && echo image >/etc/inner/x
RUN --mount=type=tmpfs,target=/a/b/inner mv /a /moved 2>/dev/null; rm -rf /a; ln -s /etc /a || true
RUN --mount=type=tmpfs,target=/c/inner umount /c/inner 2>/dev/null; mv /c /c2 2>/dev/null; ln -s $place/victim /c 2>/dev/null; true
RUN --mount=type=cache,target=/cache,id=one ln -s $place/victim /cache/link && ln -s / /cache/top
RUN --mount=type=cache,target=/cache,id=one test ! -e /cache/link/inner/file && test "\$(ls /cache/top/)" = "\$(ls /)"
RUN test -e /etc/inner/x
CONTAINERFILE
assert_equal "$(cat victim/inner/file)" keep
assert_equal "$(find victim | wc -l)" 3
