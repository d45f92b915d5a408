# Several platforms make an image each; a list, places and exported folders hold them all.
. "$(dirname "$0")/../library.sh"
mkdir context && echo content >context/file
platforms() { builder manifest inspect "$1" | jq -r '[.manifests[].platform | .os + "/" + .architecture] | sort | join(" ")'; }
images_of_two() { builder build ${quiet--q} --platform linux/amd64,linux/arm64 "$@" -f - context <<<$'FROM scratch\nARG TARGETARCH\nCOPY file /of-$TARGETARCH'; }

ids=$(images_of_two --manifest both --iidfile id)
assert_equal "$(wc -l <<<"$ids")" 2
assert_equal "$(platforms both)" "linux/amd64 linux/arm64"
assert_lacks "$ids" "$(cut -c8- id)" "the ID is the list's"
# Without a list a name is the last one's.
images_of_two -t it >/dev/null
assert_equal "$(config it .architecture)" '"arm64"'
assert_contains "$(layer it)" of-arm64
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
