# The exit code of the command is that of the program, also where it was ended by a signal or could not be found.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
builder run "$container" -- true
assert_fails_with 7 builder run "$container" sh -c 'exit 7'
assert_fails_with 0 builder run --valid-exit-codes 3,7 "$container" sh -c 'exit 7'
assert_fails_with 137 builder run "$container" sh -c 'sleep 100 & kill -9 $!; wait $!'
assert_fails_with 1 builder run "$container" nosuch
assert_fails_with 125 builder run "$container"
assert_fails_with 125 builder run nosuch -- true
builder rm "$container" >/dev/null
