# podman loads and runs what builder writes.
. "$(dirname "$0")/../library.sh"
needs podman runc
make_base
build_empty <<<$'FROM base\nRUN echo from-the-image >/file\nENV NAME=value\nENTRYPOINT ["/bin/sh", "-c"]\nCMD ["cat /file; echo $NAME"]'
builder push -q it "oci-archive:$place/it.tar:it"
podman() { command podman --root "$place/podman" --runroot "$place/podman-run" --storage-driver vfs --cgroup-manager cgroupfs --runtime runc "$@"; }
# The limits that podman asks for by default may be above those of this host.
limits=(--ulimit nofile=1000:1000 --ulimit nproc=1000:1000)
podman load -q -i it.tar >loaded 2>&1 || skip "podman does not work here: $(tail -1 loaded)"
image=$(podman images --no-trunc -q)
assert_equal "${image#sha256:}" "$(cat build.id)" "the ID"
podman run --rm --net none "${limits[@]}" "$image" >printed 2>errors || skip "podman cannot run containers here: $(tail -1 errors)"
assert_equal "$(cat printed)" $'from-the-image\nvalue'
