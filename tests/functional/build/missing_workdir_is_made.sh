# An image may name a working directory that it does not have: RUN makes it, as others do.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q --disable-compression base oci:plain:x
"$python" - plain <<'PROGRAM'
import hashlib, json, os, sys
def read(digest): return json.load(open(f'{sys.argv[1]}/blobs/sha256/' + digest.split(':')[1]))
def write(document):
    data = json.dumps(document).encode()
    name = hashlib.sha256(data).hexdigest()
    open(f'{sys.argv[1]}/blobs/sha256/{name}', 'wb').write(data)
    return {'digest': 'sha256:' + name, 'size': len(data)}
index = json.load(open(sys.argv[1] + '/index.json'))
manifest = read(index['manifests'][0]['digest'])
config = read(manifest['config']['digest'])
config['config']['WorkingDir'] = '/not/there'
manifest['config'].update(write(config))
index['manifests'][0].update(write(manifest))
json.dump(index, open(sys.argv[1] + '/index.json', 'w'))
PROGRAM
build_empty <<<$'FROM oci:'"$place"$'/plain:x\nRUN pwd >/where && touch here'
assert_equal "$(file it /where)" /not/there
assert_line "$(layer it)" "not/there/here file 0644 0:0 0"
