# no_new_privs is set when it is asked for, and else not.
. "$(dirname "$0")/../library.sh"
make_base
flag() { builder build --no-cache "$@" -f - . <<<$'FROM base\nRUN grep ^NoNewPrivs: /proc/self/status'; }
assert_contains "$(flag)" $'NoNewPrivs:\t0'
assert_contains "$(flag --security-opt no-new-privileges)" $'NoNewPrivs:\t1'
