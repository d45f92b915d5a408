# Small files of others do not cost much memory: variables that double each other, long passwd files, many ignore rules.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty context
measured() {
    "$python" -c 'import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=open("out", "w"), stderr=subprocess.STDOUT).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$program" --root "$place/store" --runroot "$place/run" "$@"
}
# costs_little CODE COMMAND...: ends so, with less than 256 MiB at any time.
costs_little() {
    local wanted=$1 code used
    shift
    read -r code used < <(measured "$@")
    assert_equal "$code" "$wanted" "the exit code ($(head -c 300 out))"
    ((used < 262144)) || fail "it took $used KiB: $*"
}
{
    printf 'FROM scratch\nARG a=xxxxxxxxxx\n'
    for i in {1..40}; do echo 'ARG a=$a$a'; done
} >doubling
costs_little 125 build -q -f doubling empty
assert_contains "$(cat out)" "longer than"
head -4 doubling >short && costs_little 0 build -q -f short empty
{
    printf 'FROM scratch\nARG a=%s\nARG b=%s\n' "$(printf 'x%.0s' {1..5000})" "$(printf 'y%.0s' {1..5000})"
    echo 'ENV c=${a//x/$b}'
} >replacing
costs_little 125 build -q -f replacing empty
assert_contains "$(cat out)" "longer than"

"$python" -c 'import sys; sys.stdout.write("\n" * (60 << 20) + "bob:x:1:1::/:/bin/sh\n")' >context/passwd
costs_little 125 build -q --no-cache -f - context < <(printf 'FROM base\nCOPY passwd /etc/passwd\nUSER bob\nRUN id -u\n')
assert_contains "$(cat out)" "/etc/passwd"
rm context/passwd

"$python" -c 'import sys
for i in range(1_000_000): sys.stdout.write(f"name{i}\n")' >context/.dockerignore
costs_little 125 build -q -f - context < <(printf 'FROM scratch\nCOPY . /\n')
assert_contains "$(cat out)" "ignore"

"$python" -c 'import sys
sys.stdout.write("FROM scratch AS s0\n")
for i in range(1, 20_000): sys.stdout.write(f"FROM s{i-1} AS s{i}\nLABEL a=b{i}\n")' >stages
costs_little 125 build -q -f stages empty
assert_contains "$(cat out)" "more than 1000 stages"

# Ignore rules that could be tried in many ways: each path is held against each rule once (moby/patternmatcher).
mkdir -p "context/$(printf 'a/%.0s' {1..100})" && touch "context/$(printf 'a/%.0s' {1..100})end" context/kept context/not
"$python" -c 'print("**/" * 64 + "b"); print("*" * 10_000 + "b"); print("a*" * 5_000 + "b"); print("not")' >context/.dockerignore
status=0
output=$(timeout --kill-after 1 60 "$program" --root "$place/store" --runroot "$place/run" build -q -t it -f - context 2>&1 <<<$'FROM base\nCOPY . /all/') || status=$?
assert_equal "$status" 0 "the exit code of rules with many wildcards: $output"
assert_contains "$(layer it)" all/kept
assert_lacks "$(layer it)" all/not
printf '[a\n' >context/.dockerignore
assert_fails_with 125 builder build -q -f - context <<<$'FROM base\nCOPY . /all/'
rm -r context/.dockerignore context/a

# A pattern that would take hours over a value that is allowed.
"$python" -c 'print("FROM scratch\nARG a=" + "a" * 60000 + "\nENV b=${a//" + "*a" * 2000 + "*b/x}")' >pattern
status=0
output=$(timeout --kill-after 1 60 "$program" --root "$place/store" --runroot "$place/run" build -q -f pattern empty 2>&1) || status=$?
assert_equal "$status" 125 "the exit code of a pattern without end"
assert_contains "$output" "the pattern takes too long"
