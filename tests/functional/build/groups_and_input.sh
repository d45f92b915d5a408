# --group-add by name and number, keep-groups, and --stdin.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
try() { builder build -q --no-cache "$@" -f - empty >/dev/null; }
try --group-add makers --group-add 4321 <<<$'FROM base\nUSER alice\nRUN test "$(id -G)" = "1235 50 77 4321"'
assert_fails_with 125 builder build --no-cache --group-add nobody-knows -f - empty <<<$'FROM base\nRUN true'
assert_fails_with 125 builder build --no-cache --group-add keep-groups --group-add 5 -f - empty <<<$'FROM base\nRUN true'
needs setpriv
output=$(setpriv --groups 4711,4712 "$program" --root "$place/store" --runroot "$place/run" build --no-cache --group-add keep-groups -f - empty 2>&1 <<<$'FROM base\nRUN id -G') || fail "$output"
assert_contains "$output" "4711 4712"
container=$(builder from --group-add 99 base)
assert_contains "$(builder run "$container" id -G) " " 99 "
assert_contains "$(builder run --group-add 98 "$container" id -G) " " 98 "
builder rm "$container" >/dev/null
printf 'FROM base\nRUN cat >/read\n' >Containerfile
echo "of the input" | builder build -q --no-cache --stdin -t it -f Containerfile empty >/dev/null
assert_equal "$(file it /read)" "of the input"
echo "of the input" | builder build -q --no-cache -t it -f Containerfile empty >/dev/null
assert_equal "$(file it /read)" ""
