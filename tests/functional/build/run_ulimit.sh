# --ulimit sets a limit; one above the host's is clamped, with a notice.
. "$(dirname "$0")/../library.sh"
make_base
assert_contains "$(builder build --ulimit nofile=100:200 -f - . 2>&1 <<<$'FROM base\nRUN ulimit -n; ulimit -Hn')" $'100\n200'
assert_fails_with 125 builder build --ulimit nofiles=1 -f - . <<<$'FROM base\nRUN true'
assert_contains "$output" nofiles
setpriv --bounding-set -sys_resource true 2>/dev/null || skip "setpriv cannot take capabilities here"
printf 'FROM base\nRUN ulimit -n\n' >Containerfile
log=$(ulimit -n 500 && setpriv --bounding-set -sys_resource "$program" --root store --runroot run build --ulimit nofile=1000 . 2>&1)
assert_contains "$log" "notice: --ulimit nofile=1000"
assert_contains "$log" $'\n500\n'
