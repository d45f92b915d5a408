# Several platforms make an image each; a list, places and exported folders hold them all.
. "$(dirname "$0")/../library.sh"
mkdir context && echo content >context/file
platforms() { builder manifest inspect "$1" | jq -r '[.manifests[].platform | .os + "/" + .architecture] | sort | join(" ")'; }
images_of_two() { builder build ${quiet--q} --platform linux/amd64,linux/arm64 "$@" -f - context <<<$'FROM scratch\nARG TARGETARCH\nCOPY file /of-$TARGETARCH'; }

ids=$(images_of_two --manifest both --iidfile id)
assert_equal "$(wc -l <<<"$ids")" 2
assert_equal "$(platforms both)" "linux/amd64 linux/arm64"
assert_lacks "$ids" "$(cut -c8- id)" "the ID is the list's"
# A name is that of a list, too, of just these images, in the place of what had the name.
build_empty <<<$'FROM scratch\nLABEL other=1'
images_of_two --label only=it -t it >/dev/null
images_of_two --label only=it -t it --metadata-file metadata >/dev/null
assert_equal "$(platforms it)" "linux/amd64 linux/arm64"
assert_lacks "$(builder manifest inspect it)" "$(jq -r '."containerimage.digest"' metadata)" "the digest is that of the list"
assert_equal "$(jq -r '."containerimage.descriptor".mediaType' metadata)" application/vnd.oci.image.index.v1+json
assert_equal "$(builder images --format '{{.Name}}:{{.Tag}}' it)" localhost/it:latest
assert_equal "$(builder images --json | jq -c 'map(select(.names == ["localhost/it:latest"]).names)')" '[["localhost/it:latest"]]'
# Where an image is wanted, the name means the one for the platform, and for this machine's without one.
assert_equal "$(config it .architecture)" '"amd64"'
for architecture in amd64 arm64; do
    builder build -q --pull=never --platform linux/$architecture -t on-it -f - context >/dev/null <<<$'FROM it\nLABEL a=1'
    assert_equal "$(config on-it .architecture)" "\"$architecture\""
    assert_contains "$(layer on-it)" "of-$architecture"
done
# Its images are not dangling; a second name keeps them, and the last one takes them along.
builder tag it second
builder prune >/dev/null 2>&1
builder rmi it >/dev/null
assert_equal "$(platforms second)" "linux/amd64 linux/arm64"
arm=$(builder images -q --filter dangling=true --filter label=only=it | tail -1)
builder inspect "$arm" >/dev/null
builder rmi "$(builder images -q second)" >/dev/null
assert_fails_with 125 builder inspect "$arm"
assert_fails_with 125 builder inspect second
assert_fails_with 125 builder manifest inspect second
# A misspelt platform is an error, wherever it is asked for.
for words in "build --platform linus/amd64 -f - context" "build --platform linux/amd46 -f - context" \
    "build --arch amd46 -f - context" "from --platform linux/amd46 scratch" "pull --platform linus/amd64 it"; do
    assert_fails_with 125 builder $words <<<'FROM scratch'
    assert_contains "$output" "unknown " "$words"
done
assert_fails_with 125 builder build -f - context <<<'FROM --platform=linus/amd64 scratch'
assert_contains "$output" "unknown operating system 'linus'"
# A place gets all of them.
images_of_two -t oci:layout:x >/dev/null
manifest=$(jq -r '.manifests[0].digest' layout/index.json)
assert_equal "$(jq -r '[.manifests[].platform.architecture] | sort | join(" ")' "layout/blobs/${manifest/://}")" "amd64 arm64"
# All that the base images have; the Containerfile is read from standard input for each.
builder build -q --all-platforms --manifest every -f - context >/dev/null <<<$'FROM oci:layout:x\nLABEL a=1'
assert_equal "$(platforms every)" "linux/amd64 linux/arm64"
builder build -q --all-platforms --manifest listed -f - context >/dev/null <<<$'FROM scratch\nLABEL a=1'
assert_equal "$(builder manifest inspect listed | jq '.manifests | length')" 1
# Folders get one below them for each, logs a file each.
quiet= images_of_two -o out --logfile log --logsplit >/dev/null
assert_equal "$(ls out/linux_amd64 out/linux_arm64 | xargs)" "out/linux_amd64: of-amd64 out/linux_arm64: of-arm64"
assert_contains "$(cat log_linux_arm64)" "[linux/arm64]"
assert_lacks "$(cat log_linux_amd64)" arm64
assert_fails_with 125 images_of_two -o type=tar,dest=out.tar
assert_contains "$output" "several platforms"
