# check finds what is damaged in a store and says what it affects; --repair takes it again from where it came.
. "$(dirname "$0")/../library.sh"
make_base
start_registry
builder push -q --tls-verify=false base "docker://$registry/app:1"
builder rmi --all --force >/dev/null 2>&1 && builder prune --all >/dev/null 2>&1
builder pull -q --tls-verify=false "docker://$registry/app:1" >/dev/null
app=$registry/app:1
printf 'FROM %s\nRUN echo made >/made\n' "$app" >Containerfile
builder build -q -t here . >/dev/null
folder_of() { dirname "$(builder inspect "$1" | jq -r ".Layers[$2].folder")"; }
blob_of() { builder inspect "$app" | jq -r ".Manifest | fromjson | .layers[$1].digest" | sed "s#sha256:#store/blobs/sha256/#"; }
flip() { "$python" -c 'import sys; f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1); f.seek(int(sys.argv[2])); f.write(bytes([b[0] ^ 1]))' "$@"; }
check() { builder check --tls-verify=false "$@" 2>&1; }
# found_and_mended PROBLEM FLAGS...: check says so, --repair mends it, and after that all is well.
found_and_mended() {
    local problem=$1
    shift
    status=0
    output=$(check "$@") || status=$?
    assert_equal "$status" 1 "the exit code of check: $output"
    assert_contains "$output" "$problem"
    output=$(check "$@" --repair) || fail "not mended: $output"
    assert_contains "$output" "  mended: "
    output=$(check --digests) || fail "something is left: $output"
    assert_contains "$output" "all is well"
}
output=$(check --digests) || fail "a new store is damaged: $output"

# A layer whose files are gone, and one whose files were changed: out of the blob that the store keeps.
rm -r "$(folder_of "$app" 0)"
found_and_mended "has no files any more"
assert_contains "$output" "all is well"
changed=$(folder_of "$app" 0)/diff/bin/busybox
size=$(stat -c %s "$changed")
cp -p "$changed" whole
flip "$changed" 5000
output=$(check) || fail "without --digests only sizes are compared: $output"
found_and_mended "was changed" --digests
cmp whole "$(folder_of "$app" 0)/diff/bin/busybox" || fail "the file is another one"
assert_equal "$(stat -c %s store/quarantine/*/diff/bin/busybox | head -1)" "$size" "what was taken out of use"
builder build -q --no-cache . >/dev/null

# A blob that is cut short, one with another content, and both together: out of the registry.
truncate -s 100 "$(blob_of 0)"
found_and_mended "has 100 bytes instead of"
flip "$(blob_of 0)" 500
found_and_mended "was changed" --digests
rm "$(blob_of 1)" && rm -r "$(folder_of "$app" 1)"
found_and_mended "is not there"
builder push -q "$app" oci:pushed:x

# What was built here cannot come from anywhere; the next build gives it back.
flip "$(folder_of here -1)/diff/made" 0
status=0
output=$(check --digests --repair) || status=$?
assert_equal "$status" 1 "the exit code of check: $output"
assert_contains "$output" "affects: image localhost/here:latest"
assert_contains "$output" "not mended: image"
assert_fails_with 125 builder push -q here oci:nothing:x
made=$(builder build -q -t here .)
builder run "$(builder from "$made")" grep -qx made /made
builder rm --all >/dev/null

# A step that nothing but the cache has is forgotten. So are folders that nobody knows.
builder build -q -t short - <<<$'FROM '"$app"$'\nRUN echo short >/short' >/dev/null
short=$(folder_of short -1)
builder rmi short >/dev/null
rm -r "$short"
builder prune --filter type=image >/dev/null 2>&1
mkdir -p store/layers/0123456789abcdef/diff
output=$(check --repair) || true
assert_contains "$output" "no record names"
[[ ! -e store/layers/0123456789abcdef ]] || fail "the folder is still there"

# A layer that only a container has is lost, and check says so.
worker=$(builder from "$app")
builder run "$worker" touch /worked && builder commit -q "$worker" passing >/dev/null
lost=$(folder_of passing -1)
builder rmi passing >/dev/null
builder run "$worker" test -e /worked
rm -r "$lost"
status=0
output=$(check --repair) || status=$?
assert_equal "$status" 1 "the exit code of check: $output"
assert_contains "$output" "affects: container $worker"
assert_contains "$output" "not mended: container $worker lacks files"
builder rm "$worker" >/dev/null
builder prune --filter type=image >/dev/null 2>&1

# Not under the feet of others.
container=$(builder from "$app")
builder run "$container" sh -c 'touch /begun; while test ! -e /end; do sleep 0.05; done' &
run=$!
mount=$(builder mount "$container")
wait_until 20 test -e "$mount/begun" || fail "the command did not begin"
rm "$(blob_of 0)"
assert_fails_with 125 builder check --repair
assert_contains "$output" "another command uses it"
touch "$mount/end"
wait "$run"
builder rm --all >/dev/null
found_and_mended "is not there"
assert_equal "$(builder check --json | jq -c '[.images > 0, .problems]')" '[true,[]]'

# A database with a broken page is said to be broken, and nothing crashes.
"$python" - <<'PROGRAM'
import sqlite3
database = sqlite3.connect('store/store.db')
database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
size = database.execute('PRAGMA page_size').fetchone()[0]
root = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'cache_by_step'").fetchone()[0]
database.close()
with open('store/store.db', 'r+b') as file:
    file.seek((root - 1) * size + size // 2)
    file.write(b'\x5a' * (size // 2))
PROGRAM
status=0
output=$(check) || status=$?
assert_equal "$status" 1 "the exit code of check: $output"
assert_contains "$output" "store.db is damaged"
