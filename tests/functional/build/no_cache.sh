# --no-cache runs every step, and later builds may use what it made.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nRUN cat /proc/sys/kernel/random/uuid >/id\n' >Containerfile
builder build -q -t one . >/dev/null
builder build -q --no-cache -t two . >/dev/null
builder build -q -t three . >/dev/null
assert_different "$(file one /id)" "$(file two /id)"
assert_equal "$(file three /id)" "$(file two /id)"
