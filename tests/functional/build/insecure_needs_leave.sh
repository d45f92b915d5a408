# RUN --security=insecure gives every capability, so a file cannot take it: the user has to allow it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN --security=insecure true'
assert_contains "$output" "--allow security.insecure"
builder build --allow security.insecure -f - context <<<$'FROM base\nRUN --security=insecure grep -q "Seccomp:.0" /proc/self/status'
