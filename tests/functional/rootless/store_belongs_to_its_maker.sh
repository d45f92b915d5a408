# A store means the same only to the kind of user who made it: others are told so, and nothing of it changes.
source "$(dirname "$0")/../library.sh"
an_ordinary_user with_ranges
user_builder images >/dev/null
assert_fails_with 125 "$program" --root "$place/home/store" --runroot "$place/run" images
assert_contains "$output" "made by a user with ranges of IDs"
: >etc/subuid
assert_fails_with 125 user_builder images
assert_contains "$output" "a user with a single ID"
echo "tester:200000:65536" >etc/subuid
user_builder images >/dev/null
# Without a folder of its own for what may vanish, the one in /tmp is used only where nobody else could have written it.
mkdir -m 777 /tmp/builder-run-4711 2>/dev/null || skip "somebody has /tmp/builder-run-4711"
before_exit() { rmdir /tmp/builder-run-4711; }
assert_fails_with 125 in_users_place env -u XDG_RUNTIME_DIR "$place/home/builder" --root "$place/home/store" images
assert_contains "$output" "could be written by others"
