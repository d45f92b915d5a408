# Layers that other programs have packed are whole though the store would pack them otherwise; a change in them is still found.
. "$(dirname "$0")/../library.sh"
needs_root
# An image whose tars have entries out of order, owners with names, and a folder that only the layer below describes.
"$python" - <<'PROGRAM'
import gzip, hashlib, io, json, os, tarfile

def blob(content):
    digest = hashlib.sha256(content).hexdigest()
    with open(f'foreign/blobs/sha256/{digest}', 'wb') as file:
        file.write(content)
    return {'digest': 'sha256:' + digest, 'size': len(content)}

def layer(*entries):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode='w', format=tarfile.GNU_FORMAT) as archive:
        for name, kind, content in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.mode, entry.mtime = kind, len(content), 0o751, 1000
            entry.uname, entry.gname, entry.uid = 'somebody', 'people', 7
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()

os.makedirs('foreign/blobs/sha256')
layers = [layer(('z', tarfile.DIRTYPE, b''), ('z/file', tarfile.REGTYPE, b'one' * 5000), ('a', tarfile.REGTYPE, b'two'),
                ('gone', tarfile.DIRTYPE, b''), ('gone/x', tarfile.REGTYPE, b'x')),
          layer(('z/more', tarfile.REGTYPE, b'three'), ('gone/.wh.x', tarfile.REGTYPE, b''), ('.wh.a', tarfile.REGTYPE, b''))]
described = [{'mediaType': 'application/vnd.oci.image.layer.v1.tar+gzip', **blob(gzip.compress(tar))} for tar in layers]
config = {'architecture': 'amd64', 'os': 'linux', 'config': {}, 'rootfs': {
    'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(tar).hexdigest() for tar in layers]}}
kind = 'application/vnd.oci.image.manifest.v1+json'
manifest = {'schemaVersion': 2, 'mediaType': kind, 'layers': described, 'config': {
    'mediaType': 'application/vnd.oci.image.config.v1+json', **blob(json.dumps(config).encode())}}
index = {'schemaVersion': 2, 'manifests': [{'mediaType': kind, **blob(json.dumps(manifest).encode()), 'annotations': {
    'org.opencontainers.image.ref.name': 'x'}}]}
for name, document in ('index.json', index), ('oci-layout', {'imageLayoutVersion': '1.0.0'}):
    with open(f'foreign/{name}', 'w') as file:
        json.dump(document, file)
PROGRAM
image=$(builder pull -q oci:foreign:x)
output=$(builder check --digests 2>&1) || fail "a foreign image is taken for damaged: $output"
assert_contains "$output" "2 layers"

# What only a look at the contents finds, in each of its layers.
for changed in z/file z/more; do
    path=$(find store/layers -path "*/diff/$changed")
    [[ -n $path ]] || fail "there is no $changed"
    printf X | dd of="$path" bs=1 conv=notrunc status=none
    status=0
    output=$(builder check --digests 2>&1) || status=$?
    assert_equal "$status" 1 "the exit code of check: $output"
    assert_contains "$output" "was changed"
    output=$(builder check --digests --repair 2>&1) || fail "not mended: $output"
    assert_contains "$output" "  mended: it was taken again"
    output=$(builder check --digests 2>&1) || fail "something is left: $output"
done
builder push -q "$image" oci:out:x

# Files below blobs/ that no record names.
echo stray >store/blobs/sha256/0000000000000000000000000000000000000000000000000000000000000000
output=$(builder check 2>&1) && fail "a stray blob is not found"
assert_contains "$output" "1 files that no record names"
output=$(builder check --repair 2>&1) || fail "not mended: $output"
[[ ! -e store/blobs/sha256/0000000000000000000000000000000000000000000000000000000000000000 ]] || fail "the stray blob is still there"
