# A mounted container stays mounted, shows what other commands do, and is listed.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
folder=$(builder mount "$container")
assert_equal "$(builder mount)" "$container $folder"
assert_equal "$(builder mount --json | jq -r '.[0].mountPoint')" "$folder"
assert_equal "$(builder inspect "$container" | jq -r .MountPoint)" "$folder"
echo host >"$folder/new"
assert_equal "$(builder run "$container" cat /new)" host
builder run "$container" sh -c 'echo run >/from-run'
assert_equal "$(cat "$folder/from-run")" run
echo copied >file
builder copy -q "$container" file /from-copy
assert_equal "$(cat "$folder/from-copy")" copied
assert_equal "$(builder mount "$container")" "$folder"
assert_equal "$(builder umount "$container")" "$(builder inspect "$container" | jq -r .ContainerID)"
assert_equal "$(cat "$folder/from-copy")" copied "it was mounted twice"
builder umount "$container" >/dev/null
assert_equal "$(builder mount)" ""
assert_equal "$(builder run "$container" cat /new /from-run /from-copy)" $'host\nrun\ncopied'
builder mount "$container" >/dev/null
builder unmount --all >/dev/null
builder mount "$container" >/dev/null
builder rm "$container" >/dev/null
