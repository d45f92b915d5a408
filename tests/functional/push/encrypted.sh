# Layers that are encrypted for a key: only its owner has them back, bit for bit, and nothing that was tampered with.
. "$(dirname "$0")/../library.sh"
needs openssl skopeo
make_base
for name in mine other; do
    openssl genrsa -out $name.pem 2048 2>/dev/null
    openssl rsa -in $name.pem -pubout -out $name.pub 2>/dev/null
done
build_empty <<<$'FROM base\nRUN echo text >/file'
id=$(cat build.id)
builder push -q --encryption-key jwe:mine.pub it oci:enc:x
two() { "$program" --root "$place/second" --runroot "$place/run2" "$@"; }
assert_fails_with 125 two pull -q oci:enc:x
assert_fails_with 125 two pull -q --decryption-key other.pem oci:enc:x
assert_contains "$output" "No suitable private key found for decryption"
assert_equal "$(two images -aq)" ""
assert_equal "$(two pull -q --decryption-key mine.pem oci:enc:x)" "$id"
folder=$(two inspect "$id" | jq -r '.Layers[-1].folder')
assert_equal "$(cat "$folder/file")" text
skopeo copy -q --insecure-policy --decryption-key mine.pem oci:enc:x oci:opened:x
assert_equal "$("$program" --root "$place/third" --runroot "$place/run3" pull -q oci:opened:x)" "$id"
# One byte of the ciphertext is another one, and the manifest says so: the HMAC still tells.
"$python" - enc <<'PROGRAM'
import hashlib, json, os, sys
blobs = sys.argv[1] + '/blobs/sha256/'
def put(data):
    name = hashlib.sha256(data).hexdigest()
    open(blobs + name, 'wb').write(data)
    return {'digest': 'sha256:' + name, 'size': len(data)}
index = json.load(open(sys.argv[1] + '/index.json'))
manifest = json.load(open(blobs + index['manifests'][0]['digest'][7:]))
layer = manifest['layers'][-1]
data = bytearray(open(blobs + layer['digest'][7:], 'rb').read())
data[-1] ^= 1
layer.update(put(bytes(data)))
index['manifests'][0].update(put(json.dumps(manifest).encode()))
json.dump(index, open(sys.argv[1] + '/index.json', 'w'))
PROGRAM
four() { "$program" --root "$place/fourth" --runroot "$place/run4" "$@"; }
assert_fails_with 125 four pull -q --decryption-key mine.pem oci:enc:x
assert_contains "$output" "could not properly decrypt byte stream"
assert_equal "$(four images -aq)" ""
# A layer alone, and what is refused.
builder push -q --encryption-key jwe:mine.pub --encrypt-layer -1 it dir:top
assert_equal "$(jq -c '[.layers[].mediaType | endswith("+encrypted")] | [(.[:-1] | any), .[-1]]' top/manifest.json)" "[false,true]"
assert_fails_with 125 builder push -q --encryption-key jwe:mine.pub --encrypt-layer 99 it dir:none
assert_contains "$output" "layer index 99 out of range"
assert_fails_with 125 builder push -q --encryption-key jwe:mine.pub --format v2s2 it dir:none
assert_contains "$output" "does not support encryption"
