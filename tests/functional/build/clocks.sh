# --time-offset moves the clocks that count from the start of the machine; the time of day stays.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
[[ -e /proc/self/ns/time ]] || skip "this kernel has no time namespaces"
try() { builder build -q --no-cache "$@" -f - empty >/dev/null; }
try --time-offset boottime=1000000 <<<$'FROM base\nRUN test "$(cut -d. -f1 /proc/uptime)" -gt 1000000'
try --time-offset zero <<<"FROM base"$'\n'"RUN test \"\$(cut -d. -f1 /proc/uptime)\" -lt 100 && test \"\$(date +%Y)\" = $(date +%Y)"
try <<<$'FROM base\nRUN test "$(readlink /proc/self/ns/time)" = "'"$(readlink /proc/self/ns/time)\""
assert_fails_with 125 builder build --time-offset realtime=1 -f - empty <<<$'FROM base'
assert_contains "$output" "time of day"
assert_fails_with 125 builder build --time-offset monotonic=x -f - empty <<<$'FROM base'
