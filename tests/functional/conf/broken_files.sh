# A containers.conf that cannot be read, or makes no sense, is told of whatever the command is, with exit code 1.
source "$(dirname "$0")/../library.sh"
printf 'bad [\n' >bad.conf
for words in images containers info 'from scratch'; do
    assert_fails_with 1 env CONTAINERS_CONF_OVERRIDE="$place/bad.conf" "$program" --root "$place/store" --runroot "$place/run" $words
    assert_contains "$output" "failed to get default container config"
    assert_contains "$output" bad.conf
    assert_fails_with 1 env CONTAINERS_CONF="$place/nosuch.conf" "$program" --root "$place/store" --runroot "$place/run" $words
    assert_contains "$output" nosuch.conf
done
printf '[engine]\nenv = ["noequals"]\n' >env.conf
assert_fails_with 125 env CONTAINERS_CONF_OVERRIDE="$place/env.conf" "$program" --root "$place/store" --runroot "$place/run" images
assert_contains "$output" 'invalid environment variable "noequals" from containers.conf'
# Help needs none of it.
CONTAINERS_CONF="$place/nosuch.conf" builder images --help >out
assert_contains "$(cat out)" images
