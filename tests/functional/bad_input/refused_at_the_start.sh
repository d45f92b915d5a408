# A tar that is refused for what stands at its very start is refused, not taken for an empty one: by ADD, as a context, and as a layer
# whose first packed piece is shorter than a header (CVE-2025-62518).
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
"$python" - <<'PROGRAM'
import gzip, hashlib, io, json, os, tarfile
def entry(name, size=None):
    info = tarfile.TarInfo(name)
    info.size = 4
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    if size is not None:
        block[124:136] = size
        block[148:156] = b' ' * 8
        block[148:156] = b'%06o\0 ' % sum(block)
    return bytes(block) + b'evil'.ljust(512, b'\0')
END = bytes(1024)
tars = {'good': entry('one') + entry('two') + END, 'zeros': entry('one') + bytes(512) + entry('two') + END,
        'negative': entry('one', b'\xff' * 12) + END, 'absurd': entry('one', b'\x80' + b'\xff' * 11) + END}
def blob(folder, kind, text):
    digest = hashlib.sha256(text).hexdigest()
    os.makedirs(folder + '/blobs/sha256', exist_ok=True)
    open(f'{folder}/blobs/sha256/{digest}', 'wb').write(text)
    return {'mediaType': 'application/vnd.oci.image.' + kind, 'digest': 'sha256:' + digest, 'size': len(text)}
for name, tar in tars.items():
    open(name + '.tar', 'wb').write(tar)
    for form, packed in (('whole', gzip.compress(tar)), ('pieces', gzip.compress(tar[:100]) + gzip.compress(tar[100:]))):
        folder = f'{name}-{form}'
        layer = blob(folder, 'layer.v1.tar+gzip', packed)
        config = blob(folder, 'config.v1+json', json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {}, 'rootfs': {
            'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(tar).hexdigest()]}}).encode())
        manifest = blob(folder, 'manifest.v1+json', json.dumps({'schemaVersion': 2, 'config': config, 'layers': [layer]}).encode())
        json.dump({'schemaVersion': 2, 'manifests': [manifest]}, open(folder + '/index.json', 'w'))
        json.dump({'imageLayoutVersion': '1.0.0'}, open(folder + '/oci-layout', 'w'))
PROGRAM
cp good.tar context/archive.tar
build --no-cache context <<<$'FROM base\nADD archive.tar /x/'
assert_line "$(layer it)" "x/two file 0644 0:0 4"
for form in whole pieces; do
    builder build -q -t it -f - . >/dev/null <<<"FROM oci:$place/good-$form"
    assert_line "$(layer it)" "two file 0644 0:0 4"
done
builder rmi it >/dev/null
for name in zeros negative absurd; do
    cp $name.tar context/archive.tar
    assert_refused -f - context <<<$'FROM base\nADD archive.tar /x/'
    assert_contains "$output" "archive.tar" "$name"
    assert_fails_with 125 builder build -q - <$name.tar
    assert_lacks "$output" "Containerfile" "$name as a context is refused for what it is"
    for form in whole pieces; do
        assert_fails_with 125 builder pull -q "oci:$name-$form"
        assert_contains "$output" "layer 1" "$name-$form"
    done
done
