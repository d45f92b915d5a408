# du counts every block of the store once: its sum is that of du(1), and each kind is what it says.
source "$(dirname "$0")/../library.sh"
make_base
kind() { builder du --json | jq --arg kind "$1" '.kinds[] | select(.kind == $kind) | .size'; }
adds_up() {
    local report
    report=$(builder du --json)
    # Between the two measurements nothing but the database's own files may change: they are left out of both.
    assert_equal "$(jq '.total - ([.items[] | select(.name | startswith("store.db")) | .size] | add)' <<<"$report")" \
        "$(du -s -B1 --exclude='store.db*' --exclude=staging "$place/store" | cut -f1 | awk -v staging="$(du -s -B1 "$place/store/staging" | cut -f1)" '{print $1 + staging}')" "$1"
    assert_equal "$(jq '([.kinds[].size] | add) == .total' <<<"$report")" true "$1"
    assert_equal "$(jq .complete <<<"$report")" true "$1"
}
adds_up "a base"
mkdir context && head -c 3000000 /dev/urandom >context/big
build context <<<$'FROM base\nCOPY big /big\nRUN --mount=type=cache,target=/c head -c 2000000 /dev/zero >/c/f; ln /big /second'
adds_up "hard links and a cache mount"
(($(kind "cache mounts") >= 2000000)) || fail "the cache mount is not counted: $(kind "cache mounts")"
(($(kind "shared layers") > 1000000 && $(kind "shared layers") < 3000000)) || fail "the base is what is shared: $(kind "shared layers")"
(($(kind "unshared layers") >= 3000000 && $(kind "unshared layers") < 6500000)) || fail "a file with two names is counted once: $(kind "unshared layers")"
assert_equal "$(builder du --json | jq -r '.images[0] | .name, (.size == .shared + .unshared)')" $'localhost/it:latest\ntrue'
# Images of steps share nothing.
before=$(kind "shared layers")
head -c 3000000 /dev/urandom >context/big
build --layers --no-cache context <<<$'FROM base\nCOPY big /big\nRUN touch /x'
assert_equal "$(kind "shared layers")" "$before" "images of steps"
adds_up "with images of steps"
# A layer that only the cache has; a container; packed layers; what prune would free.
builder untag it
builder rmi "$(builder images -q --filter dangling=true | head -1)" >/dev/null
adds_up "without the image"
(($(kind "cached layers") >= 3000000)) || fail "the cache is not counted: $(kind "cached layers")"
(($(builder du --json | jq .prunable) >= 3000000)) || fail "prune would free nothing: $(builder du --json | jq .prunable)"
# What it says of prune is what prune does, but for some folders.
without_database() { builder du --json | jq '.total - ([.items[] | select(.kind == "database") | .size] | add)'; }
would=$(builder du --json | jq .prunable) before=$(without_database)
builder prune >/dev/null 2>&1
freed=$((before - $(without_database)))
((freed >= would && freed < would + 100000)) || fail "prune frees $freed, and was said to free $would"
container=$(builder from base)
builder run "$container" -- sh -c 'head -c 1000000 /dev/urandom >/written'
(($(kind containers) >= 1000000)) || fail "the container is not counted: $(kind containers)"
assert_equal "$(builder du --json | jq -r '.items[] | select(.kind == "containers") | .name')" "$container"
adds_up "with a container"
builder rm "$container" >/dev/null
folder=$(mktemp -d "$place/oci.XXXXXX")
builder push -q base "oci:$folder/image:x"
builder rmi --all --force >/dev/null
builder prune --all --force 2>/dev/null >/dev/null
builder pull -q "oci:$folder/image:x" >/dev/null
(($(kind "packed layers") > 500000)) || fail "packed layers are not counted: $(kind "packed layers")"
adds_up "after a pull"
# What people read.
assert_contains "$(builder du 2>&1)" "builder prune would free about"
assert_equal "$(builder du 2>/dev/null | head -1 | tr -s ' ')" "KIND NUMBER SIZE"
assert_contains "$(builder du -v 2>/dev/null)" "IMAGE"
assert_contains "$(builder du -b 2>/dev/null | grep ballast)" "$(kind ballast)"
assert_fails_with 125 builder du something
