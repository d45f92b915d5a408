# RUN --device gives a step a device that a CDI file describes, if the user allows that; --device gives one to all steps.
. "$(dirname "$0")/../library.sh"
make_base
[[ -c /dev/null ]] || skip "there is no /dev/null"
mkdir cdi empty shared && echo from-host >shared/file
cat >cdi/one.json <<JSON
{"cdiVersion": "0.6.0", "kind": "test.local/thing", "containerEdits": {"env": ["ALL=1"]}, "devices": [
  {"name": "null", "containerEdits": {"env": ["ONE=1"], "deviceNodes": [{"path": "/dev/thing", "hostPath": "/dev/null"}],
   "mounts": [{"hostPath": "$place/shared", "containerPath": "/opt/shared", "options": ["ro", "bind"]}]}}]}
JSON
cat >cdi/two.yaml <<'YAML'
cdiVersion: "0.6.0"
kind: test.local/other
devices:
  - name: zero
    containerEdits:
      deviceNodes:
        - path: /dev/other   # a comment
          hostPath: "/dev/zero"
      hooks:
        - hookName: createContainer
          path: /usr/bin/set-up-device
YAML
run_build() { builder build -q -t it --cdi-config-dir cdi "$@" -f - empty; }
assert_fails_with 125 run_build <<<$'FROM base\nRUN --device=test.local/thing=null true'
assert_contains "$output" "--allow device=test.local/thing=null"
run_build --allow device=test.local/thing >/dev/null <<<$'FROM base\nRUN --device=test.local/thing=null echo x >/dev/thing && test -c /dev/thing && test "$ALL$ONE" = 11 && cat /opt/shared/file >/file && ! touch /opt/shared/x'
assert_equal "$(file it /file)" from-host
assert_lacks "$(layer it)" "opt"
assert_contains "$(builder build --cdi-config-dir cdi --allow device -f - empty 2>&1 <<<$'FROM base\nRUN --device=test.local/other=zero true')" "run with --runtime only: /usr/bin/set-up-device"
run_build --allow device >/dev/null <<<$'FROM base\nRUN --device=test.local/other=zero,required test "$(head -c 2 /dev/other | wc -c)" = 2'
run_build --allow device >/dev/null <<<$'FROM base\nRUN --device=test.local/other=missing test ! -e /dev/other'
assert_fails_with 125 run_build --allow device <<<$'FROM base\nRUN --device=test.local/other=missing,required true'
assert_contains "$output" "test.local/other=zero"
assert_fails_with 125 run_build --allow device <<<$'FROM base\nRUN --device=/dev/sda true'
run_build --device /dev/null:/dev/mine:rw --device test.local/other=zero >/dev/null <<<$'FROM base\nRUN test -c /dev/mine && test -c /dev/other'
run_build --device /dev/net >/dev/null 2>&1 <<<$'FROM base\nRUN test -c /dev/net/tun' || [[ ! -c /dev/net/tun ]] || fail "a folder of devices"
assert_fails_with 125 run_build --device /etc/passwd <<<$'FROM base\nRUN true'
printf 'kind: [' >cdi/broken.yaml
assert_fails_with 125 run_build --allow device <<<$'FROM base\nRUN --device=test.local/other=zero,required true'
assert_contains "$output" "broken.yaml is no YAML: line"
