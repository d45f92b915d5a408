# The history of an image has as many entries that stand for layers as there are layers, also where that of the base image is missing,
# too short or too long.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q --disable-compression base oci:plain:x
layers=$(config base '.rootfs.diff_ids | length')
((layers > 2)) || fail "the base has too few layers for this"
for history in null '[]' '[{"created_by": "one"}, {"created_by": "x", "empty_layer": true}]' long; do
    rm -rf odd && cp -r plain odd
    "$python" - odd "$history" "$layers" <<'PROGRAM'
import hashlib, json, sys
def read(digest): return json.load(open(f'{sys.argv[1]}/blobs/sha256/' + digest.split(':')[1]))
def write(document):
    data = json.dumps(document).encode()
    name = hashlib.sha256(data).hexdigest()
    open(f'{sys.argv[1]}/blobs/sha256/{name}', 'wb').write(data)
    return {'digest': 'sha256:' + name, 'size': len(data)}
index = json.load(open(sys.argv[1] + '/index.json'))
manifest = read(index['manifests'][0]['digest'])
config = read(manifest['config']['digest'])
config['history'] = [{'created_by': 'y'}] * 9 if sys.argv[2] == 'long' else json.loads(sys.argv[2])
manifest['config'].update(write(config))
index['manifests'][0].update(write(manifest))
json.dump(index, open(sys.argv[1] + '/index.json', 'w'))
PROGRAM
    build_empty <<<$'FROM oci:'"$place"$'/odd:x\nENV A=1\nRUN touch /mine\nLABEL a=b'
    assert_equal "$(config it '[.history[] | select(.empty_layer | not)] | length')" "$((layers + 1))" "$history"
    assert_equal "$(config it '[.history[] | select((.created_by // "") | contains("touch /mine"))] | length')" 1 "$history"
    container=$(builder from "oci:$place/odd:x")
    builder run "$container" touch /other
    builder commit -q "$container" it >/dev/null
    builder rm "$container" >/dev/null
    assert_equal "$(config it '[.history[] | select(.empty_layer | not)] | length')" "$((layers + 1))" "$history, committed"
done
