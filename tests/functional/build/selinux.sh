# SELinux: processes and files of steps have labels of containers with categories of their own, where the policy has such; volumes
# are labelled when that is asked for; nothing of it is in the layers.
. "$(dirname "$0")/../library.sh"
needs_root
[[ -e /sys/fs/selinux/enforce ]] || skip "this kernel has no SELinux, or it is switched off"
needs getfattr
make_base
mkdir empty
show='tr -d "\0" </proc/self/attr/current; echo; grep -o " / .*conte[x]t=[^ ]*" /proc/self/mountinfo | grep -o "conte[x]t=.*"'
step() { builder build --no-cache "$@" -f - empty 2>&1 <<<"FROM base
RUN $show; echo made >/it; mkdir /folder"; }
label_of() { getfattr --absolute-names --only-values --name security.selinux "$1" | tr -d '\0'; }
own=$(tr -d '\0' </proc/self/attr/current)

output=$(step --security-opt label=disable) || fail "$output"
assert_line "$output" "$own"
assert_lacks "$output" "context="
assert_fails_with 125 step --security-opt label=type:builder_no_such_t
assert_contains "$output" "does not know the label"
if ! printf 'system_u:system_r:container_t:s0\0' >/sys/fs/selinux/context 2>/dev/null; then
    output=$(step) || fail "$output"
    assert_line "$output" "$own"
    skip "the policy has no types for containers: no label is given, the rest is not to be seen here"
fi

output=$(step -t it) || fail "$output"
[[ $output =~ system_u:system_r:container_t:(s0:c[0-9]+,c[0-9]+) ]] || fail "no label of a container: $output"
level=${BASH_REMATCH[1]}
assert_contains "$output" "system_u:object_r:container_file_t:$level"
assert_lacks "$(layer it)" selinux
output=$(step) || fail "$output"
assert_lacks "$output" "$level"
output=$(step --security-opt label=level:s0:c5,c6 --security-opt label=user:system_u) || fail "$output"
assert_line "$output" "system_u:system_r:container_t:s0:c5,c6"
assert_contains "$output" "container_file_t:s0:c5,c6"
output=$(builder build --no-cache --isolation chroot -f - empty 2>&1 <<<$'FROM base\nRUN true') || fail "$output"
assert_contains "$output" "label of builder itself"

# Mounts of RUN: what they show has the label of the step.
mkdir context && echo bound >context/file
output=$(builder build --no-cache -f - context 2>&1 <<<$'FROM base\nRUN --mount=type=bind,target=/bound --mount=type=cache,target=/cache --mount=type=tmpfs,target=/memory cat /bound/file && echo x >/cache/x && echo y >/memory/y && echo z >/dev/shm/z && echo w >/dev/null') || fail "$output"
assert_line "$output" bound

# Volumes of containers.
container=$(builder from --security-opt label=level:s0:c7,c8 base)
assert_equal "$(builder inspect --format '{{.ProcessLabel}} {{.MountLabel}}' "$container")" "system_u:system_r:container_t:s0:c7,c8 system_u:object_r:container_file_t:s0:c7,c8"
mkdir plain shared own
for folder in plain shared own; do echo "$folder" >"$folder/file"; done
before=$(label_of plain/file)
run() { builder run "$@"; }
assert_equal "$(run -v "$place/shared:/v:z" "$container" cat /v/file)" shared
assert_equal "$(label_of shared/file)" "system_u:object_r:container_file_t:s0"
assert_equal "$(run -v "$place/own:/v:Z" "$container" cat /v/file)" own
assert_equal "$(label_of own/file)" "system_u:object_r:container_file_t:s0:c7,c8"
assert_equal "$(label_of own)" "system_u:object_r:container_file_t:s0:c7,c8"
if [[ $(cat /sys/fs/selinux/enforce) == 1 ]]; then
    assert_fails_with 1 run -v "$place/plain:/v" "$container" cat /v/file
    assert_contains "$output" "Permission denied"
    other=$(builder from --security-opt label=level:s0:c9,c10 base)
    assert_equal "$(run -v "$place/shared:/v" "$other" cat /v/file)" shared
    assert_fails_with 1 run -v "$place/own:/v" "$other" cat /v/file
    assert_contains "$output" "Permission denied"
    builder rm "$other" >/dev/null
fi
assert_equal "$(label_of plain/file)" "$before"
assert_equal "$(run "$container" sh -c 'echo written >/file && cat /file')" written
builder rm "$container" >/dev/null
