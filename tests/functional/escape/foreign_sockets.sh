# Programs of other machines that the kernel runs, as those of i386, get no socket that the default profile refuses, whoever makes
# the container: builder, or an OCI runtime, which by libseccomp lets socketcall(2) through.
. "$(dirname "$0")/../library.sh"
needs gcc
[[ $(uname -m) == x86_64 ]] || skip "only x86-64 runs the calls of i386"
make_base
mkdir context
gcc -static -O1 -w -o context/sockets "$tests/escape/sockets.c"
context/sockets >outside
grep -qx 'socketcall unix 0' outside || skip "this kernel runs no programs of i386: $(cat outside)"
# That there is something to be had: outside, these sockets are made.
grep -qx 'socketcall audit 0' outside || fail "outside no such socket can be made: $(cat outside)"
tried=0
for flags in "--isolation oci" "--isolation chroot" "--runtime runc" "--runtime crun"; do
    [[ $flags != --runtime* ]] || command -v "${flags#--runtime }" >/dev/null || continue
    tried=$((tried + 1))
    # shellcheck disable=SC2086 # flags are words
    builder build --no-cache $flags -f - context >log 2>&1 <<<$'FROM base\nCOPY sockets /\nRUN ["/sockets"]' || fail "$flags: $(cat log)"
    assert_line "$(cat log)" "own unix 0"
    for family in audit alg vsock unix; do assert_line "$(cat log)" "socketcall $family 38"; done
    for way in own direct; do
        for family in audit alg vsock; do
            ! grep -qx "$way $family 0" log || fail "$flags: $way $family is let through"
            grep -q "^$way $family " log || fail "$flags: $way $family was not tried"
        done
    done
    # Without the default profile it is as outside.
    # shellcheck disable=SC2086
    builder build --no-cache $flags --security-opt seccomp=unconfined -f - context >log 2>&1 <<<$'FROM base\nCOPY sockets /\nRUN ["/sockets"]'
    assert_line "$(cat log)" "socketcall unix 0"
done
((tried > 2)) || skip "neither runc nor crun is installed"
