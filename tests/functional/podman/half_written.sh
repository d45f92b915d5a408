# A published store that somebody has broken, or that a killed command left half written, is whole after the next command
# that changes something.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
published_store
podman create --name keeper it true >/dev/null
layer=$(published_images '.[] | select(.names == ["localhost/it:latest"]) | .layer' | tr -d '"')
whole() { podman run --rm it && podman save -q --format oci-archive -o "$place/saved.tar" it && rm saved.tar; }
assert_equal "$(whole)" second "before anything is broken"
touch_store() { builder tag it again && builder untag it again; }
broken() { # WHAT: breaks something on standard input
    bash -euc "cd '$published'; layer=$layer; $(cat)"
    # As after a crash of the machine, all is looked at.
    echo another >"$published/boot"
    touch_store
    assert_equal "$(whole)" second "after $1"
    cmp <(published_layers 'map(.id)') "$place/ids" || fail "other layers after $1"
}
published_layers 'map(.id)' >ids
broken 'a cut table' <<<'truncate -s 20 overlay-layers/layers.json'
broken 'no table' <<<'rm overlay-layers/layers.json overlay-images/images.json'
broken 'an empty table' <<<': >overlay-images/images.json'
broken 'no link' <<<'rm overlay/$layer/diff overlay/$layer/link'
broken 'empty files' <<<': >overlay/$layer/lower; : >overlay/$layer/link'
broken 'no short names' <<<'rm overlay/l/*'
broken 'no locks' <<<'rm overlay-layers/layers.lock overlay-images/images.lock'
broken 'no tar-split' <<<'rm overlay-layers/*.tar-split.gz'
broken 'no manifest' <<<'find overlay-images -name "=*" -delete; find overlay-images -name manifest -exec truncate -s 1 {} +'
# What a killed command has left beside the tables goes with the next collection.
stray=$(printf '%064d' 7)
mkdir "$published/overlay/$stray" "$published/overlay-images/$stray"
builder prune >/dev/null 2>&1
[[ ! -e $published/overlay/$stray && ! -e $published/overlay-images/$stray ]] || fail "what no table names stays"
# What is used is known, though its entry was in no table.
builder rmi it >/dev/null 2>&1
echo '[' >"$published/overlay-layers/layers.json"
builder prune --all >/dev/null 2>err
assert_contains "$(cat err)" "the container keeper"
podman start -a keeper || fail "the container has lost its layers"
