# A store that an older version left is opened with all that is in it; one of a newer version is refused and left as it is.
# testdata/stores/README.md says what is in the old store and how it was made.
. "$(dirname "$0")/../library.sh"
needs_root
needs jq
tar -xzf "$tests/../../testdata/stores/format-8.tar.gz" || fail "the old store cannot be unpacked"

# The rows that a user would miss, a line each; columns and tables that a newer format adds are not asked for.
rows() {
    "$python" - "$place/store/store.db" <<'PROGRAM'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for columns, table in [
        ('id, diff_id, folder, tar_bytes, clamp_time, clamp_all, boot_id, borrowed', 'layers'),
        ('id, config, manifest, manifest_digest, media_type, created, size_bytes, added_at', 'images'),
        ('image_id, position, layer_id', 'image_layers'),
        ('name, image_id, added_at, manifest, media_type', 'names'),
        ('key, below, run, step, layer_id, created, last_used, inputs', 'cache'),
        ('number, id, name, image_id, image_name, folder, state, created_at', 'containers'),
        ('container, position, layer_id', 'container_layers'),
        ('digest, size_bytes, diff_id', 'blobs'),
        ('diff_id, packing, digest, size_bytes', 'packed_layers'),
        ('name, document, sources', 'manifest_lists'),
        ('name, value', 'properties')]:
    for row in database.execute(f'SELECT {columns} FROM {table} ORDER BY {columns}'):
        print(table, *row)
PROGRAM
}
count() { rows | grep -c "^$1 "; }
format() { "$python" -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("PRAGMA user_version").fetchone()[0])' "$place/store/store.db"; }

rows >before
assert_equal "$(format)" 8 "the format of the old store"
for table in 'layers 4' 'images 2' 'names 4' 'cache 5' 'containers 2' 'container_layers 1' 'blobs 3' 'manifest_lists 1'; do
    assert_equal "$(count "${table% *}")" "${table#* }" "rows of ${table% *} in the old store"
done

names=$(builder images --format '{{.Name}}:{{.Tag}}')
rows >after
cmp before after || fail "opening the old store changed: $(diff before after)"
(($(format) >= 8)) || fail "the format became older: $(format)"
assert_equal "$(sqlite_check)" ok

for name in localhost/old:latest localhost/old:second docker.io/library/old:latest localhost/committed:latest; do
    assert_line "$names" "$name"
done
assert_equal "$(file localhost/committed /written)" hello
assert_equal "$(config localhost/committed '.config.Env[1:]')" '["FORMAT=8","KEPT=yes"]'
assert_contains "$(builder manifest inspect list)" '"manifests"'

assert_equal "$(builder containers --format '{{.ContainerName}}' | sort | xargs)" "empty work"
assert_equal "$(builder inspect --type container --format '{{.FromImageID}}' work)" \
    "$(builder inspect --format '{{.FromImageID}}' localhost/old:second)"
echo more >more
builder copy -q work more /more >/dev/null
builder commit -q work again >/dev/null
assert_equal "$(file again /written)$(file again /more)" $'hellomore'

# Every step that makes a layer is a hit, so the image is the same one. A new version of the keys
# (builder/engine/record/step_key) ends that on purpose: these two checks then belong to a newer archive.
log=$(builder build --identity-label=false --platform linux/amd64 -t rebuilt context 2>&1)
assert_equal "$(grep -c -- '--> Using cache' <<<"$log")" 4 "hits in: $log"
assert_equal "$(builder inspect --format '{{.FromImageID}}' rebuilt)" "$(builder inspect --format '{{.FromImageID}}' localhost/old:second)"

# A newer format.
newer=$(($(format) + 1))
"$python" - "$place/store/store.db" "$newer" <<'PROGRAM'
import sqlite3, sys
sqlite3.connect(sys.argv[1]).execute(f'PRAGMA user_version = {sys.argv[2]}')
PROGRAM
rows >before
for command in images "build -q context" "prune -a -f" "rmi --all --force"; do
    assert_fails_with 125 builder $command
    assert_contains "$output" "was written by a newer version of builder: it has format $newer"
    assert_contains "$output" "--root"
done
assert_equal "$(format)" "$newer"
rows >after
cmp before after || fail "a refused command changed: $(diff before after)"
