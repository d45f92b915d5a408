# An ordinary user in a container without capabilities, under the usual filter of system calls, as in a pod: RUN works, and
# gives what it gives root.
source "$(dirname "$0")/../library.sh"
make_base
mkdir -p inner outer && chmod 755 "$place"
cp /bin/busybox inner/ && cp "$program" inner/builder && chmod -R a+rX inner
cat >inner/Containerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir /data && echo 1 >/data/one && chown -R 12:13 /data && chmod 2770 /data && (echo a; echo b) | sort -r >/sorted
END
build outer <<<$'FROM base\nRUN ln -s usr/lib /lib && ln -s usr/lib64 /lib64 && mkdir /usr /inner'
pod=$(builder from it)
cat >inner/go <<'END'
export HOME=/tmp/home && mkdir /tmp/home
builder() { /inner/builder --root /tmp/home/store --runroot /tmp/home/run "$@"; }
builder info --format '{{.host.isolation.default}}' && builder build -q --timestamp 0 --rewrite-timestamp /inner 2>/tmp/home/log || cat /tmp/home/log
END
builder run --network host --user 4711:4711 --cap-drop all -v /usr:/usr:ro -v "$place/inner:/inner:ro" "$pod" -- sh /inner/go >said 2>&1 ||
    fail "$(cat said)"
assert_line "$(cat said)" emulated
assert_line "$(cat said)" "$(builder --storage-driver vfs build -q --timestamp 0 --rewrite-timestamp inner)"
# Where a container cannot be emulated either, it says why: a process has one filter only whose calls another answers.
assert_fails_with 125 builder run --network private --user 4711:4711 --cap-drop all -v /usr:/usr:ro -v "$place/inner:/inner:ro" "$pod" -- \
    sh -c 'HOME=/tmp/2 /inner/builder --root /tmp/2/store --runroot /tmp/2/run build /inner'
assert_contains "$output" "no command can be run in a container here"
