# With copies instead of stacked layers (--storage-driver vfs) the same layers come out: changed, replaced, deleted, renamed,
# linked files, opaque folders, mounts that leave nothing. Not compared is what is written to one of several names of a file of a layer
# below: overlayfs parts the names then, a disk does not.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo text >context/file
cat >context/Containerfile <<'END'
FROM base AS first
RUN mkdir -p /tree/sub/deep /tree/empty /tree/replaced /opt && touch -d @1000 /tree/a /tree/b /tree/sub/c /tree/replaced/x && \
    ln -s a /tree/link && touch -d @2000 /tree /tree/sub
FROM first
RUN chmod 700 /tree/a
RUN echo more >>/tree/sub/c
RUN rm -r /tree/replaced && mkdir /tree/replaced && touch -d @3000 /tree/replaced/y
RUN rm /tree/b && mkdir /tree/b && rmdir /tree/empty && echo file >/tree/empty
RUN mv /tree/sub /tree/moved && ln /tree/moved/c /tree/second
RUN mkdir -p /tree/made/in && mv /tree/made /tree/named && mv /tree/named/in /tree/in
RUN mkdir /tree/other && touch -d @4000 /tree/other/z && rm -r /tree/named && mv /tree/other /tree/named
RUN ln /tree/a /tree/one && ln /tree/a /tree/two
RUN rm /tree/one && echo changed >/tree/one && test "$(cat /tree/two)" = "$(cat /tree/a)"
RUN mkdir /tree/names && cp -a /tree/moved/c /tree/second /tree/names/
COPY file /tree/copied
COPY file /tree/named/
RUN rm /tree/named/file && echo more >>/tree/copied
RUN --mount=type=tmpfs,target=/of/nobody touch /of/nobody/x
RUN test ! -e /of && touch /tree/after
RUN chown 5:6 /tree/link -h && mkfifo /tree/fifo && chmod u+s /tree/copied
RUN --mount=type=bind,target=/opt/mounted,source=. test -f /opt/mounted/file
RUN --mount=type=bind,from=first,target=/opt/first,rw touch /opt/first/tree/new && test ! -e /tree/new
RUN --mount=type=tmpfs,target=/fresh/place touch /fresh/place/x
RUN true
RUN rm -r /tree && mkdir -p /tree/again
VOLUME /volume
RUN mkdir -p /volume && touch /volume/kept
END
flags=(--no-cache --timestamp 5000 --rewrite-timestamp -t it)
for driver in overlay vfs; do
    builder --storage-driver "$driver" --log-level debug build "${flags[@]}" context >"$driver.log" 2>&1 || fail "$(cat "$driver.log")"
    builder inspect it | jq -c '.Config | fromjson | .rootfs' >"$driver"
done
assert_equal "$(cat vfs)" "$(cat overlay)" "the diff IDs"
# A step goes on with the copy of the one before it.
[[ $(grep -c "used again" vfs.log) -ge 10 ]] || fail "copies are not used again"
assert_equal "$(builder --storage-driver vfs info --format '{{.store.GraphDriverName}}')" vfs
assert_fails_with 125 builder --storage-driver zfs images
assert_contains "$output" "vfs"
# A step that fails leaves no copy behind; at_exit looks.
assert_fails_with 3 builder --storage-driver vfs build -f - context <<<$'FROM base\nRUN exit 3'
