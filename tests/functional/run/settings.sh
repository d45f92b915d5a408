# User, folder, variables and host name for one run; the configuration's otherwise. Standard input is passed on.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from --cap-drop chown --add-host one:10.1.2.3 base)
builder config --env A=1 --user alice --workingdir /made "$container"
assert_equal "$(builder run "$container" -- sh -c 'echo $A $(id -u) $(pwd) $(stat -c %u /made)')" "1 1234 /made 1234"
assert_equal "$(builder run --user 0:50 --workingdir /tmp --env A=2 --env B "$container" sh -c 'echo $A $(id -u):$(id -g) $(pwd)')" "2 0:50 /tmp"
assert_equal "$(B=3 builder run --env B "$container" sh -c 'echo $B')" 3
assert_equal "$(builder run --hostname there "$container" hostname)" there
assert_equal "$(builder run "$container" hostname)" "$(builder inspect "$container" | jq -r '.ContainerID[:12]')"
assert_equal "$(echo words | builder run "$container" cat)" words
assert_contains "$(builder run "$container" cat /etc/hosts)" $'10.1.2.3\tone'
assert_fails_with 1 builder run --user root "$container" -- chown alice /made
builder run --user root --cap-add chown "$container" -- chown alice /made
builder rm "$container" >/dev/null
