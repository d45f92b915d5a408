# A container that is mounted as a copy: commands that meet there, and one that is killed while it unmounts.
source "$(dirname "$0")/../library.sh"
make_base
export BUILDER_STORAGE_DRIVER=vfs
container=$(builder from base)
mounted=$(builder mount "$container")
echo kept >"$mounted/kept"
# While somebody works in there it is neither unmounted nor removed.
mkfifo pipe
builder run "$container" -- sh -c 'echo inside >/inside; read line; echo "$line" >/line' <pipe &
runs=$!
exec 3>pipe
wait_until 10 test -e "$mounted/inside" || fail "the command does not run"
assert_fails_with 125 builder umount "$container"
assert_contains "$output" "another command runs in the container"
assert_fails_with 125 builder rm "$container"
echo text >&3
exec 3>&-
wait "$runs"
assert_equal "$(cat "$mounted/kept" "$mounted/line" | tr '\n' ' ')" "kept text "
# What is left of a copy by a command that was killed while it removed it says nothing about the container.
builder umount "$container" >/dev/null
builder run "$container" -- sh -c 'cat /kept /line' >seen
assert_equal "$(tr '\n' ' ' <seen)" "kept text "
mounted=$(builder mount "$container")
folder=${mounted%/root}
echo new >"$mounted/new"
needs strace
strace -qq -f -o trace -e trace=unlinkat,unlink,rename,renameat2 "$program" --root "$place/store" --runroot "$place/run" umount "$container" >/dev/null
first=$(grep -n "copy/moment\"" trace | grep unlink | head -1 | cut -d: -f1)
root=$(grep -n "unlinkat(.*\"busybox\"" trace | head -1 | cut -d: -f1)
((first < root)) || fail "the copy is taken apart while it still counts as one: $(cat trace)"
[[ ! -e $folder ]] || fail "the copy is still there"
# Commits at once leave everything in place.
mounted=$(builder mount "$container")
for number in 1 2 3 4 5 6; do echo "$number" >"$mounted/file$number"; done
commits=()
for number in 1 2 3; do builder commit -q "$container" "image$number" >/dev/null & commits+=($!); done
for commit in "${commits[@]}"; do wait "$commit" || fail "a commit failed"; done
builder umount "$container" >/dev/null
for image in image1 image2 image3; do
    assert_equal "$(layer "$image" | cut -d' ' -f1 | grep -c '^file')" 6 "$image"
done
# Mounts at once are one copy.
for number in 1 2 3; do builder mount "$container" >"point$number" & mounts[number]=$!; done
for mount in "${mounts[@]}"; do wait "$mount" || fail "a mount failed"; done
assert_equal "$(cat point1 point2 point3 | sort -u | wc -l)" 1
builder umount "$container" >/dev/null && builder umount "$container" >/dev/null
[[ -d $(cat point1) ]] || fail "unmounted although one more wants it"
builder rm "$container" >/dev/null
