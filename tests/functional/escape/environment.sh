# No variable of the caller and none of builder's own reaches a step, whatever the isolation (CVE-2021-3602), nor does a hostile
# configuration of an image bring one along or change how its containers run (CVE-2026-57231, CVE-2026-94603, CVE-2022-23648).
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
export TOKEN_OF_THE_HOST=pssst-$$ BUILDER_LOG_LEVEL=error
grep -qz "pssst-$$" /proc/self/environ || fail "there is nothing to find"
cat >look <<'LOOK'
env
cat /proc/self/environ /proc/1/environ /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n'
grep -E '^(Cap|Seccomp:)' /proc/self/status
LOOK
for isolation in oci chroot; do
    output=$(builder build --no-cache --isolation $isolation -f - empty 2>&1 < <(printf 'FROM base\nRUN <<X\n%s\nX\n' "$(cat look)"))
    assert_contains "$output" "PATH=/" "$isolation"
    assert_lacks "$output" "pssst" "$isolation"
    assert_lacks "$output" "BUILDER_" "$isolation"
done
builder push -q base dir:image
"$python" - <<'PROGRAM'
import hashlib, json
manifest = json.load(open('image/manifest.json'))
config = json.load(open('image/' + manifest['config']['digest'][7:]))
config['config'].update({
    'Env': ['TOKEN_OF_THE_HOST', '*', 'T*', 'TOKEN*', 'PATH=/bin'],
    'Volumes': {'/../../../volume-of-the-image': {}},
    'Labels': {'run': '--privileged', 'io.containers.capabilities': 'all', 'io.podman.annotations.seccomp': 'unconfined',
               'io.podman.annotations.privileged': 'TRUE', 'org.systemd.property.ExecStart': 'x'}})
text = json.dumps(config).encode()
digest = hashlib.sha256(text).hexdigest()
open('image/' + digest, 'wb').write(text)
manifest['config'].update(digest='sha256:' + digest, size=len(text))
manifest['annotations'] = dict(config['config']['Labels'])
json.dump(manifest, open('image/manifest.json', 'w'))
PROGRAM
plain=$(builder run "$(builder from base)" sh -c "$(cat look)" | grep -E '^(Cap|Seccomp)')
hostile=$(builder from "dir:$place/image")
output=$(builder run "$hostile" sh -c "$(cat look)")
assert_contains "$output" "PATH=/bin"
assert_lacks "$output" "pssst"
assert_equal "$(grep -E '^(Cap|Seccomp)' <<<"$output")" "$plain" "the rights of a container of that image"
assert_equal "$(builder run "$hostile" ls -d /volume-of-the-image)" /volume-of-the-image "the volume is the container's"
[[ ! -e /volume-of-the-image ]] || fail "a folder of the machine was made"
output=$(builder build --no-cache -f - empty 2>&1 < <(printf 'FROM dir:%s/image\nRUN <<X\n%s\nX\n' "$place" "$(cat look)"))
assert_contains "$output" "PATH=/bin"
assert_lacks "$output" "pssst"
