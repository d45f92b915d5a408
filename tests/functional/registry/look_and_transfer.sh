# Tags, contents and copies of images in registries, without bringing them into the store.
source "$(dirname "$0")/../library.sh"
start_registry
make_base
build_empty <<<$'FROM base\nRUN echo one >/one'
plain=(--tls-verify=false)
for tag in 1 2 latest; do builder push -q "${plain[@]}" it "docker://$registry/team/app:$tag"; done
assert_equal "$(builder tags "${plain[@]}" "$registry/team/app")" $'1\n2\nlatest'
assert_equal "$(builder tags "${plain[@]}" --json "docker://$registry/team/app" | jq -c .)" "{\"repository\":\"$registry/team/app\",\"tags\":[\"1\",\"2\",\"latest\"]}"
assert_fails_with 125 builder tags "${plain[@]}" "$registry/team/nosuch"
assert_fails_with 125 builder tags "${plain[@]}" "$registry/team/app:1"
assert_contains "$output" "leave the tag or the digest out"
assert_fails_with 125 builder tags oci:folder
assert_contains "$output" "is in no registry"

# What is there: the sizes are those of the packed layers, as the registry has them.
inspect=(builder inspect "${plain[@]}")
assert_equal "$("${inspect[@]}" "docker://$registry/team/app:1" | jq -c '[.platforms, (.images | length), .images[0].platform]')" '[["linux/amd64"],1,"linux/amd64"]'
assert_equal "$("${inspect[@]}" "docker://$registry/team/app:1" | jq -r '.images[0].layers | length')" "$(config it '.rootfs.diff_ids | length')"
assert_equal "$("${inspect[@]}" "docker://$registry/team/app:1" | jq '.size > 500000 and .size < 1500000 and .size == .images[0].size')" true
assert_equal "$("${inspect[@]}" "docker://$registry/team/app:1" | jq -c '.images[0].config.rootfs.diff_ids')" "$(config it .rootfs.diff_ids)"
assert_equal "$("${inspect[@]}" --format '{{.Digest}}' "docker://$registry/team/app:1")" "$(curl -sI -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$registry/v2/team/app/manifests/1" | tr -d '\r' | sed -n 's/^Docker-Content-Digest: //ip')"
assert_fails_with 125 "${inspect[@]}" "docker://$registry/team/app:nosuch"
assert_contains "$output" "manifest unknown"
assert_fails_with 125 "${inspect[@]}" --type image "docker://$registry/team/app:1"
folder=$(write_oci it)
assert_equal "$(builder inspect --format '{{len .Images}}' "oci:$folder:x")" 1

mkdir context && echo content >context/file
# Two platforms: a copy has the same digest, and all of its members.
for arch in amd64 arm64; do builder build -q --platform "linux/$arch" --manifest both -f - context <<<$'FROM scratch\nLABEL a=b\nCOPY file /' >/dev/null; done
builder manifest push -q "${plain[@]}" --all both "docker://$registry/team/both:1"
builder transfer -q "${plain[@]}" --digestfile digest "docker://$registry/team/both:1" "docker://$registry/other/both:1"
assert_equal "$("${inspect[@]}" --format '{{.Digest}}' "docker://$registry/other/both:1")" "$(cat digest)"
assert_equal "$(cat digest)" "$("${inspect[@]}" --format '{{.Digest}}' "docker://$registry/team/both:1")"
assert_equal "$("${inspect[@]}" "docker://$registry/other/both:1" | jq -c '.platforms | sort')" '["linux/amd64","linux/arm64"]'
builder transfer -q "${plain[@]}" --platform linux/arm64 "docker://$registry/team/both:1" "docker://$registry/other/arm:1"
assert_equal "$("${inspect[@]}" "docker://$registry/other/arm:1" | jq -c '[.platforms, (.images | length)]')" '[["linux/arm64"],1]'
# By digest, into a folder and back; what arrives is what left.
builder transfer -q "${plain[@]}" "docker://$registry/team/both@$(cat digest)" "oci:$place/both:x"
builder transfer -q "${plain[@]}" "oci:$place/both:x" "docker://$registry/third/both:1"
assert_equal "$("${inspect[@]}" --format '{{.Digest}}' "docker://$registry/third/both:1")" "$(cat digest)"
# Nothing of it is in the store.
second() { "$program" --root "$place/second" --runroot "$place/run2" "$@"; }
second transfer -q "${plain[@]}" "docker://$registry/team/app:1" "docker://$registry/fourth/app:1"
assert_equal "$(second images -q)" ""
assert_equal "$(second du --json | jq '.kinds[] | select(.kind == "packed layers" or .kind == "unshared layers") | .size' | sort -u)" 0
assert_equal "$("${inspect[@]}" --format '{{.Digest}}' "docker://$registry/fourth/app:1")" "$("${inspect[@]}" --format '{{.Digest}}' "docker://$registry/team/app:1")"
# Places that change what they get; places that are not there.
assert_fails_with 125 builder transfer "${plain[@]}" "docker://$registry/team/app:1" "docker-archive:$place/archive.tar:x:1"
assert_contains "$output" "in a form of its own only"
[[ ! -e archive.tar ]] || fail "an archive was left"
assert_fails_with 125 builder transfer "${plain[@]}" "docker://$registry/team/nosuch:1" "docker://$registry/fifth/app:1"
assert_contains "$output" "copying 'docker://$registry/team/nosuch:1' to"
assert_fails_with 125 builder transfer "${plain[@]}" "docker://$registry/team/app:1"

# A damaged layer does not arrive under the name.
layer=$("${inspect[@]}" "docker://$registry/team/app:2" | jq -r '.images[0].layers[-1].digest')
data=registry-data/docker/registry/v2/blobs/sha256/${layer:7:2}/${layer:7}/data
[[ -s $data ]] || fail "the registry keeps its blobs elsewhere"
printf 'X' | dd of="$data" bs=1 seek=20 conv=notrunc status=none
assert_fails_with 125 builder transfer "${plain[@]}" "docker://$registry/team/app:2" "oci:$place/damaged:x"
[[ ! -e damaged/index.json ]] || fail "a damaged image has its name"

# This registry takes whole manifests only: the tag stays, and the message says why.
assert_fails_with 125 builder untag "${plain[@]}" "docker://$registry/team/app:1"
assert_contains "$output" "takes no single tag away"
assert_equal "$(builder tags "${plain[@]}" "$registry/team/app" | wc -l)" 3
