# `debug bundle` writes a bundle that runc runs as builder would.
. "$(dirname "$0")/../library.sh"
make_base
needs runc jq
container=$(builder from --volume "$place:/outside:ro" --cap-drop kill --memory 64m base)
builder config --env X=value --workingdir /work "$container"
assert_equal "$(builder debug bundle "$container" bundle -- sh -c 'echo "$X $(pwd) $(hostname)"; test -e /outside/store && ! touch /outside/x && id -u')" bundle/config.json
assert_equal "$(jq -r '.process.env[] | select(startswith("X="))' bundle/config.json)" X=value
assert_equal "$(jq .linux.resources.memory.limit bundle/config.json)" $((64 << 20))
assert_equal "$(jq -c '[.linux.namespaces[].type] | sort' bundle/config.json)" '["cgroup","ipc","mount","pid","uts"]'
jq -e '.linux.seccomp.syscalls[] | select(.args) | .args[0].op' bundle/config.json >/dev/null || fail "no conditions on arguments"
jq -e '.process.capabilities.bounding | index("CAP_KILL") | not' bundle/config.json >/dev/null || fail "a capability was not dropped"
jq 'del(.linux.resources.memory)' bundle/config.json >config && mv config bundle/config.json # not every host has that cgroup
output=$(runc --root "$place/state" run --bundle bundle "test-$$")
assert_contains "$output" "value /work"
assert_line "$output" 0
assert_equal "$(ls state)" ""
builder umount "$container" >/dev/null
builder rm "$container" >/dev/null
