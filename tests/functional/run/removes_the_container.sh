# `run -i --rm`: the container goes with its command, whatever that exits with.
. "$(dirname "$0")/../library.sh"
make_base
one=$(builder from base)
assert_equal "$(echo hello | builder run -i --rm "$one" cat)" hello
assert_equal "$(builder containers -q)" ""
two=$(builder from base)
assert_fails_with 3 builder run --rm "$two" sh -c 'exit 3'
assert_equal "$(builder containers -q)" ""
three=$(builder from base)
builder run -i "$three" true
assert_equal "$(builder containers -q | wc -l)" 1
builder rm "$three" >/dev/null
