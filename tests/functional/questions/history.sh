# history shows each step with what it added; the IDs are those of images that the store has.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context && head -c 100000 /dev/zero >context/file
printf 'FROM base\nCOPY file /file\nENV kind=one\nRUN printf "a\\tb" >/made; : %s\n' "$(printf 'x%.0s' {1..60})" >Containerfile
builder build -q --layers -t it -f Containerfile context >build.id
mapfile -t rows < <(builder history --noheading --format '{{.CreatedBy}}|{{.Size}}' --no-trunc it)
assert_equal "${#rows[@]}" "$(config it '.history | length')" "rows of the table"
assert_contains "${rows[0]}" '/bin/sh -c printf "a'
assert_equal "${rows[1]}" '/bin/sh -c #(nop) ENV kind=one|0 B'
assert_contains "${rows[2]}" '|103 KB'
# The sizes are those of the layers, and add up to the image's.
assert_equal "$(builder history --json it | jq 'map(.size) | add')" "$(builder tree --json it | jq .size)"
assert_equal "$(builder history --json it | jq -c 'map(.layer) | map(select(. != "")) | reverse')" "$(config it .rootfs.diff_ids)"
assert_equal "$(builder history --json it | jq -c '.[1] | [.CreatedBy, .size, .empty]')" '["/bin/sh -c #(nop) ENV kind=one",0,true]'
assert_equal "$(builder history --json it | jq -c 'map(.CreatedBy) | reverse')" "$(config it '.history | map(.created_by)')"
# Its own ID first, then those of its steps, down to the base; nobody has what the base was on its way.
mapfile -t ids < <(builder history -q --no-trunc it)
assert_equal "${ids[0]}" "sha256:$(cat build.id)"
assert_different "${ids[1]}" "<missing>" "an image of a step"
assert_equal "${ids[3]}" "$(builder images -q --no-trunc base)"
assert_equal "${ids[4]}" "<missing>"
assert_equal "$(builder history --json it | jq -c '.[0].tags, .[1].tags, .[3].tags')" $'["localhost/it:latest"]\n[]\n["localhost/base:latest"]'
# The table.
table=$(builder history it)
assert_equal "$(head -1 <<<"$table" | tr -s ' ')" "ID CREATED CREATED BY SIZE COMMENT"
assert_contains "$(sed -n 2p <<<"$table")" "…" "a long command is cut"
assert_contains "$(builder history --no-trunc it)" "$(printf 'x%.0s' {1..60})"
assert_contains "$(builder history --human=false it)" " $(builder history --json it | jq '.[2].size')"
assert_contains "$(builder history --human=false it)" "$(builder history --json it | jq -r '.[2].created')"
assert_equal "$(builder history --format 'table {{.ID}} {{.Size}}' it | head -1 | tr -s ' ')" "ID SIZE"
# A history that tells of fewer layers than there are, and one that tells of more.
folder=$(write_oci it)
"$python" - "$folder" <<'PROGRAM'
import hashlib, json, os, sys
folder = sys.argv[1]
def read(digest): return json.load(open(f'{folder}/blobs/sha256/{digest[7:]}'))
def write(document):
    text = json.dumps(document).encode()
    name = hashlib.sha256(text).hexdigest()
    open(f'{folder}/blobs/sha256/{name}', 'wb').write(text)
    return {'digest': 'sha256:' + name, 'size': len(text)}
index = json.load(open(folder + '/index.json'))
manifest = read(index['manifests'][0]['digest'])
config = read(manifest['config']['digest'])
for name, history in [('few', config['history'][:1]), ('many', config['history'] * 2), ('none', []),
                      ('wild', [{'created_by': 'RUN \x1b[31m one\ntwo\u202e', 'comment': '\x07'}])]:
    manifest['config'].update(write({**config, 'history': history}))
    index['manifests'].append({**index['manifests'][0], **write(manifest), 'annotations': {'org.opencontainers.image.ref.name': name}})
json.dump(index, open(folder + '/index.json', 'w'))
PROGRAM
layers=$(config it '.rootfs.diff_ids | length')
for name in few many none wild; do
    id=$(builder pull -q "oci:$folder:$name")
    assert_equal "$(builder history --json "$id" | jq '[.[] | select(.layer != "")] | length')" "$layers" "$name: all layers are told of"
    assert_equal "$(builder history --json "$id" | jq 'map(.size) | add')" "$(builder tree --json it | jq .size)" "$name"
    builder blame "$id" /made >/dev/null || fail "$name: blame"
    [[ $(builder history "$id" | tr -d '[:print:]\n…') == '' ]] || fail "$name: something steers the terminal"
done
assert_contains "$(builder history --no-trunc "$id")" 'RUN \x1b[31m one\ntwo\xe2\x80\xae'
# Bad input.
assert_fails_with 125 builder history nosuch
assert_contains "$output" "nosuch: image not known"
assert_fails_with 125 builder history
assert_fails_with 125 builder history it base
assert_fails_with 125 builder history --quiet --format json it
assert_fails_with 125 builder history --format '{{.Nosuch}}' it
assert_contains "$output" "Nosuch"
