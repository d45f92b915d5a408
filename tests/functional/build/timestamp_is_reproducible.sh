# With --timestamp two builds in two stores give the same image, bit for bit.
. "$(dirname "$0")/../library.sh"
make_base
folder=$(write_oci base)
mkdir context && echo x >context/file
cat >context/Containerfile <<X
FROM oci:$folder:x
COPY file /file
RUN mkdir -p /a/b && date +%N >/dev/null && touch /a/b/c && ln /a/b/c /a/b/d
WORKDIR /made
LABEL a=b
X
one() { "$program" --root "$place/store/$1" --runroot "$place/run/$1" build -q --timestamp 1000000000 -t "oci:$place/$1" context; }
assert_equal "$(one first)" "$(touch context/file && one second)"
diff -r first second || fail "the folders differ"
times=$("$python" "$tests/image_facts.py" first times -2)
assert_line "$times" "a/b/c 1000000000"
image=$(jq -r '.manifests[0].digest[7:]' first/index.json)
config=$(jq -r '.config.digest[7:]' "first/blobs/sha256/$image")
assert_equal "$(jq -r .created "first/blobs/sha256/$config")" 2001-09-09T01:46:40Z
