# A layer that is taken has the files that other readers of tars see in it, whatever type its headers say they are; what readers see
# differently is refused (CVE-2025-62518).
. "$(dirname "$0")/../library.sh"
make_base
"$python" - "$program" --root "$place/store" --runroot "$place/run" <<'PROGRAM'
import hashlib, json, os, shutil, subprocess, sys, tarfile
def run(*words):
    return subprocess.run([*sys.argv[1:], *words], capture_output=True, text=True, timeout=60)
def header(name, kind=b'0', size=4, magic=b'ustar\x0000', **fields):
    block = bytearray(tarfile.TarInfo(name).tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = b'%011o\0' % size
    block[156:157] = kind
    block[257:265] = magic
    for offset, text in fields.get('more', {}).items():
        block[offset:offset + len(text)] = text
    block[148:156] = b' ' * 8
    block[148:156] = b'%06o\0 ' % sum(block)
    return bytes(block)
def body(text):
    return text + bytes(-len(text) % 512)
def wrapped(middle):
    return header('first') + body(b'one\n') + middle + header('last') + body(b'two\n') + bytes(1024)
def write_image(folder, tar):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder + '/blobs/sha256')
    def blob(kind, text):
        digest = hashlib.sha256(text).hexdigest()
        with open(f'{folder}/blobs/sha256/{digest}', 'wb') as file:
            file.write(text)
        return {'mediaType': 'application/vnd.oci.image.' + kind, 'digest': 'sha256:' + digest, 'size': len(text)}
    layer = blob('layer.v1.tar', tar)
    config = blob('config.v1+json', json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {},
                                                'rootfs': {'type': 'layers', 'diff_ids': [layer['digest']]}}).encode())
    manifest = blob('manifest.v1+json', json.dumps({'schemaVersion': 2, 'config': config, 'layers': [layer]}).encode())
    with open(folder + '/index.json', 'w') as file:
        json.dump({'schemaVersion': 2, 'manifests': [manifest]}, file)
    with open(folder + '/oci-layout', 'w') as file:
        json.dump({'imageLayoutVersion': '1.0.0'}, file)
def files_in(folder):
    found = {}
    for path, folders, files in os.walk(folder):
        for name in folders + files:
            whole = os.path.join(path, name)
            kind = 'link' if os.path.islink(whole) else 'folder' if os.path.isdir(whole) else os.lstat(whole).st_size
            found[os.path.relpath(whole, folder)] = kind
    return found
def seen_by_tar(tar):
    shutil.rmtree('seen', ignore_errors=True)
    os.makedirs('seen')
    with open('it.tar', 'wb') as file:
        file.write(tar)
    subprocess.run(['tar', '-xf', 'it.tar', '-C', 'seen', '--no-same-owner'], capture_output=True, check=False)
    return files_in('seen')
taken, wrong = 0, []
def compare(what, tar):
    global taken
    write_image('image', tar)
    result = run('pull', '-q', 'oci:image')
    assert result.returncode in (0, 125), (what, result)
    if result.returncode:
        assert 'layer 1' in result.stderr, (what, result.stderr)
        return
    taken += 1
    mine = files_in(json.loads(run('inspect', result.stdout.split()[-1]).stdout)['Layers'][-1]['folder'])
    if mine != seen_by_tar(tar):
        wrong.append((what, mine, seen_by_tar(tar)))
for number in range(256):
    kind = bytes([number])
    for size in (0, 4) if kind.isalnum() else (4,):
        compare(f'type {kind} of size {size}', wrapped(header('middle', kind, size) + (body(b'text') if size else b'')))
GNU = b'ustar  \0'
for real in (0, 1, 4, 700, 5000):
    for pieces in (b'', b'%011o\0%011o\0' % (0, 700), b'%011o\0%011o\0' % (300, 700), b'%011o\0%011o\0%011o\0%011o\0' % (0, 512, 1024, 188)):
        compare(f'sparse, {real} bytes in {pieces}', wrapped(header('middle', b'S', 700, GNU, more={386: pieces, 483: b'%011o\0' % real}) + body(b'x' * 700)))
assert taken > 5, taken
assert not wrong, '\n'.join(map(str, wrong))
PROGRAM
