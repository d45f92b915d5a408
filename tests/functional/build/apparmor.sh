# AppArmor: a profile that is loaded confines steps, one that is not is refused, and that of other tools is the default.
. "$(dirname "$0")/../library.sh"
needs_root
[[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] || skip "this kernel has no AppArmor, or it is switched off"
needs apparmor_parser
make_base
mkdir empty
load() { # NAME RULE: all is allowed but what the rule denies
    printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n file,\n capability,\n network,\n mount,\n umount,\n pivot_root,\n ptrace,\n signal,\n unix,\n dbus,\n change_profile,\n %s\n}\n' "$1" "$2" >"$1.profile"
    apparmor_parser --replace --skip-cache "$1.profile"
}
remove() { apparmor_parser --remove "$1.profile"; }
name=builder-test-$$ default=containers-default-0.0.$$
before_exit() { for one in '"$name $default"'; do [ ! -e $one.profile ] || remove $one || true; done; }
step() { builder build --no-cache "$@" -f - empty 2>&1 <<<$'FROM base\nRUN cat /proc/self/attr/current; echo x >/forbidden && echo allowed'; }
grep -q ^containers-default- /sys/kernel/security/apparmor/profiles || assert_contains "$(step)" "unconfined"
load "$name" 'deny /forbidden w,'
output=$(step --security-opt "apparmor=$name") && fail "the profile denies nothing: $output"
assert_contains "$output" "$name (enforce)"
assert_contains "$output" "Permission denied"
assert_fails_with 125 step --security-opt apparmor=builder-no-such
assert_contains "$output" "there is no AppArmor profile 'builder-no-such' loaded"

load "$default" 'deny /forbidden w,'
output=$(step) && fail "the default denies nothing: $output"
assert_contains "$output" "$default (enforce)"
output=$(step --security-opt apparmor=unconfined) || fail "$output"
assert_contains "$output" unconfined
container=$(builder from base)
assert_equal "$(builder inspect --format '{{.Security.ApparmorProfile}}' "$container")" "$default"
assert_contains "$(builder run "$container" cat /proc/self/attr/current)" "$default (enforce)"
builder rm "$container" >/dev/null
container=$(builder from --security-opt "apparmor=$name" base)
assert_equal "$(builder inspect --format '{{.Security.ApparmorProfile}}' "$container")" "$name"
assert_contains "$(builder run "$container" cat /proc/self/attr/current)" "$name (enforce)"
builder rm "$container" >/dev/null
output=$(step --runtime crun --security-opt "apparmor=$name") && fail "the profile denies nothing: $output"
assert_contains "$output" "$name (enforce)"

# Nested: who is confined passes it on.
needs aa-exec
remove "$default"
rm "$default.profile"
output=$(aa-exec --profile "$name" -- "$program" --root "$place/store" --runroot "$place/run" build --no-cache -f - empty 2>&1 <<<$'FROM base\nRUN cat /proc/self/attr/current; echo x >/forbidden && echo allowed') && fail "$output"
assert_contains "$output" "$name (enforce)"
