# --hooks-dir: hooks as oci-hooks(5) has them are run by the OCI runtime, and CDI's likewise; without one they are refused.
. "$(dirname "$0")/../library.sh"
make_base
needs runc
mkdir hooks more empty cdi
hook() { # FILE STAGE WHEN NOTE
    printf '{"version": "1.0.0", "hook": {"path": "/bin/sh", "args": ["sh", "-c", "cat >%s/%s"]}, "when": %s, "stages": ["%s"]}' "$place" "$4" "$3" "$2" >"$1"
}
hook hooks/1.json prestart '{"always": true}' always
hook hooks/2.json poststop '{"commands": ["^/bin/sh$"]}' command
hook hooks/3.json prestart '{"commands": ["^/usr/bin/other$"]}' other
hook hooks/4.json prestart '{"always": true}' masked
hook more/4.json prestart '{"always": false}' masked
builder build -q --no-cache --runtime runc --hooks-dir hooks --hooks-dir more -f - empty >/dev/null <<<$'FROM base\nRUN true'
assert_equal "$(jq -r .status always)" creating "the state that a hook before the start reads"
assert_equal "$(jq -r .status command)" stopped
[[ ! -e other && ! -e masked ]] || fail "a hook was run that is for others"
assert_fails_with 125 builder build --no-cache --hooks-dir hooks -f - empty <<<$'FROM base\nRUN true'
assert_contains "$output" "--runtime"
echo '{"version": "1.0.0", "hook": {"path": "relative"}, "when": {"always": true}, "stages": ["prestart"]}' >hooks/5.json
assert_fails_with 125 builder build --no-cache --runtime runc --hooks-dir hooks -f - empty <<<$'FROM base\nRUN true'
assert_contains "$output" "5.json"
cat >cdi/device.json <<JSON
{"cdiVersion": "0.6.0", "kind": "test.local/thing", "devices": [{"name": "one", "containerEdits": {"env": ["THING=1"],
 "hooks": [{"hookName": "createRuntime", "path": "/bin/sh", "args": ["sh", "-c", "echo ran >$place/cdi-hook"]}]}}]}
JSON
device=(--cdi-config-dir cdi --device test.local/thing=one)
builder build -q --no-cache --runtime runc "${device[@]}" -f - empty >/dev/null <<<$'FROM base\nRUN test "$THING" = 1'
assert_equal "$(cat cdi-hook)" ran
assert_contains "$(builder build --no-cache "${device[@]}" -f - empty 2>&1 <<<$'FROM base\nRUN test "$THING" = 1')" "with --runtime only"
