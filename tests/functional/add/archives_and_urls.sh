# ADD unpacks archives of this machine and fetches addresses; a checksum is held to.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
mkdir -p files/in served
echo packed >files/in/file
tar -C files -czf packed.tar.gz in
builder add -q "$container" packed.tar.gz /un
assert_equal "$(builder run "$container" cat /un/in/file)" packed
echo fetched >served/file
serve served
builder add -q "$container" "$url/file" /fetched
assert_equal "$(builder run "$container" cat /fetched)" fetched
digest=sha256:$(sha256sum <served/file | cut -d' ' -f1)
builder add -q --checksum "$digest" "$container" "$url/file" /checked
assert_fails_with 125 builder add -q --checksum "sha256:$(printf '%064d' 0)" "$container" "$url/file" /wrong
builder rm --all >/dev/null
