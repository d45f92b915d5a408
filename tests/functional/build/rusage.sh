# --log-rusage and --rusage-logfile say what each step used, as Buildah does; what runs in the container counts.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
script=$'FROM base\nENV A=b\nRUN i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done\nRUN head -c 3000000 /dev/zero >/file && sync /file'
output=$(builder build --no-cache --log-rusage -f - empty 2>&1 <<<"$script")
lines=$(grep -cE '^[0-9.]+m?s\(system\) [0-9.]+m?s\(user\) [0-9.]+m?s\(elapsed\) [0-9.]+[kM]?B input [0-9.]+[kM]?B output$' <<<"$output")
assert_equal "$lines" 3 "a line for each step"
builder build -q --no-cache --rusage-logfile use.log -f - empty >/dev/null <<<"$script"
assert_equal "$(wc -l <use.log)" 3
user=$(sed -n '2s/.*(system) \([0-9]*\)ms(user).*/\1/p' use.log)
((user >= 5)) || fail "the container's time is not counted: $(cat use.log)"
assert_fails_with 1 builder build --no-cache --rusage-logfile failed.log -f - empty <<<$'FROM base\nRUN exit 1'
assert_equal "$(wc -l <failed.log)" 1
