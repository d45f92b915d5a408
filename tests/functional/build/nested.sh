# builder inside a container of builder: the same layers, with namespaces of its own.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context empty
cp "$program" context/builder
mkdir context/libraries && ldd "$program" | grep -o '/[^ ]*' | while read -r library; do cp --parents "$library" context/libraries/; done
cat >context/Containerfile <<'CONTAINERFILE'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN echo text >/file && mkdir /folder && chmod 700 /folder && rm /bin/vi
CONTAINERFILE
cp /bin/busybox context/
builder build -q --timestamp 0 -t outer -f context/Containerfile context >/dev/null
build --allow security.insecure context <<'CONTAINERFILE'
FROM base
COPY libraries/ /
COPY builder /bin/builder
COPY Containerfile busybox /context/
RUN --security=insecure --mount=type=tmpfs,target=/store --mount=type=tmpfs,target=/tmp for kind in oci chroot; do \
    builder --root /store/root --runroot /store/run build -q --no-cache --isolation $kind --timestamp 0 -t inner /context >/dev/null && \
    builder --root /store/root --runroot /store/run inspect --format '{{.OCIv1}}' inner >/of-$kind || exit 1; done
CONTAINERFILE
expected=$(builder inspect --format '{{.OCIv1}}' outer)
assert_equal "$(file it /of-oci)" "$expected"
assert_equal "$(file it /of-chroot)" "$expected"
