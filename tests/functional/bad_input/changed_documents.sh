# An image whose index, manifest or configuration has any one field of another kind, empty, huge or missing, and tars with bytes changed,
# are taken or refused with a message: nothing ends by a signal or goes on without end (CVE-2026-95839, CVE-2021-21285).
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nRUN echo x >/x\nENV A=b\n' | builder build -q -t it -f - . >/dev/null
builder push -q it oci:image:x
mkdir context
"$python" - "$program" --root "$place/store" --runroot "$place/run" <<'PROGRAM'
import copy, hashlib, io, json, random, shutil, subprocess, sys, tarfile
ends = []
def run(*words, text=None):
    result = subprocess.run([*sys.argv[1:], *words], input=text, capture_output=True, timeout=60)
    said = (result.stderr + result.stdout).decode(errors='replace')
    assert result.returncode in (0, 125), (words, result.returncode, said)
    assert result.returncode == 0 or said.startswith('Error: '), (words, said)
    ends.append(result.returncode)
    return result.stdout.decode()
def read(digest):
    with open('image/blobs/sha256/' + digest[7:], 'rb') as file:
        return file.read()
def write(document, old=None):
    text = json.dumps(document).encode()
    digest = hashlib.sha256(text).hexdigest()
    with open('changed/blobs/sha256/' + digest, 'wb') as file:
        file.write(text)
    return {**(old or {}), 'digest': 'sha256:' + digest, 'size': len(text)}
def paths(value, path=()):
    yield path
    for key in value if isinstance(value, dict) else range(min(2, len(value))) if isinstance(value, list) else ():
        yield from paths(value[key], (*path, key))
def changed(document, path, value):
    if not path:
        return value
    document = copy.deepcopy(document)
    place = document
    for key in path[:-1]:
        place = place[key]
    if value == 'missing':
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document
values = ['missing', None, True, -1, 0, 1e308, 2 ** 63, 2 ** 64, '', 'x', '\x1b[31m', 'sha256:', 'sha256:' + '0' * 64, 'sha256:../../x', 'A' * 70000,
          [], [None], {}, {'': None}, [[]], '/../..', '\0']
index = json.load(open('image/index.json'))
manifest = json.loads(read(index['manifests'][0]['digest']))
config = json.loads(read(manifest['config']['digest']))
shutil.copytree('image', 'changed')
random.seed(20261128)
jobs = [(kind, path, value) for kind, document in (('index', index), ('manifest', manifest), ('config', config))
        for path in paths(document) for value in values]
for kind, path, value in [('config', ('os',), 'linux'), *random.sample(jobs, 250)]:
    if kind == 'config':
        top = write(changed(config, path, value), manifest['config'])
        top = changed(index, ('manifests', 0), write({**manifest, 'config': top}, index['manifests'][0]))
    elif kind == 'manifest':
        top = changed(index, ('manifests', 0), write(changed(manifest, path, value), index['manifests'][0]))
    else:
        top = changed(index, path, value)
    with open('changed/index.json', 'w') as file:
        json.dump(top, file)
    name = run('pull', '-q', 'oci:changed:x').strip()
    if name:
        run('inspect', name)
assert ends[0] == 0 and ends.count(0) > 10 and ends.count(125) > 100, (ends.count(0), ends.count(125))
whole = io.BytesIO()
with tarfile.open(fileobj=whole, mode='w', format=tarfile.PAX_FORMAT) as tar:
    for name, kind in (('a', tarfile.REGTYPE), ('d', tarfile.DIRTYPE), ('l', tarfile.SYMTYPE), ('h', tarfile.LNKTYPE), ('n' * 150, tarfile.REGTYPE)):
        info = tarfile.TarInfo(name)
        info.type, info.pax_headers = kind, {'SCHILY.xattr.user.x': '1'}
        info.linkname = 'a' if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ''
        content = b'x' * 700 if kind == tarfile.REGTYPE else b''
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
ends.clear()
for _ in range(150):
    text = bytearray(whole.getvalue())
    block = random.randrange(len(text) // 512) * 512
    for _ in range(random.randrange(1, 8)):
        text[block + random.choice([random.randrange(512), random.randrange(100, 265), random.randrange(124, 137)])] = random.choice([0, 255, 0x80, 0x30, 0x37, random.randrange(256)])
    header = text[block:block + 148] + b' ' * 8 + text[block + 156:block + 512]
    text[block + 148:block + 156] = b'%06o\0 ' % sum(header)
    with open('context/archive.tar', 'wb') as file:
        file.write(text)
    run('build', '-q', '--no-cache', '-f', '-', 'context', text=b'FROM base\nADD archive.tar /x/\n')
assert ends.count(0) > 10 and ends.count(125) > 10, (ends.count(0), ends.count(125))
PROGRAM
