# Commands in one container at once see each other's files: the later ones share the stack of folders that the first has
# made, whoever ends first; mounts, copies and what is mounted for a command go with that.
source "$(dirname "$0")/../library.sh"
make_base
[[ $(builder info | jq -r .store.GraphDriverName) == overlay ]] || skip "copies cannot be shared"
name=$(builder from base)
mkdir shared && echo of-the-host >shared/file
begin() { # LOG COMMAND: starts it in the container, and waits until it says that it has begun
    "$program" --root "$place/store" --runroot "$place/run" run "${flags[@]}" "$name" -- sh -c "$2; echo started; exec sleep 4321" >"$1" &
    began=$!
    wait_until 10 grep -q started "$1" || fail "the command did not start: $(cat "$1")"
}
end() { kill "$1"; wait "$1" || true; }
flags=()
begin log1 'touch /first'
first=$began
builder run "$name" -- sh -c 'test -e /first && echo >/second'
flags=(-v "$place/shared:/mnt/shared")
begin log2 'ls /second && cat /mnt/shared/file'
second=$began
flags=()
echo copied >file && builder copy -q "$name" file /copied
end "$first"
# The stack stays as long as one of them needs it.
builder run "$name" -- sh -c 'test -e /first && cat /second /copied >/third && rm /second'
begin log3 'cat /third'
third=$began
end "$second"
assert_contains "$(cat log2)" of-the-host
point=$(builder mount "$name")
assert_equal "$(ls "$point"/first "$point/third")" "$point/first"$'\n'"$point/third"
[[ ! -e $point/second ]] || fail "the deletion is not seen"
end "$third"
builder run "$name" -- touch /fourth
# Two mounts need two unmounts.
assert_equal "$(builder mount "$name")" "$point"
builder umount "$name" >/dev/null
[[ -e $point/fourth ]] || fail "one umount has undone two mounts"
builder umount "$name" >/dev/null
[[ ! -e $point/fourth ]] || fail "it is still mounted"
builder run "$name" -- sh -c 'ls /first /third /fourth /copied && ! ls /second' >/dev/null 2>&1
builder commit -q "$name" it >/dev/null
assert_lacks "$(layer it)" mnt
assert_contains "$(layer it)" fourth

# Many at once, of which some end while others begin.
for i in $(seq 20); do builder run "$name" -- sh -c "echo $i >/many-$i; test -e /first" & jobs[i]=$!; done
for i in $(seq 20); do wait "${jobs[i]}" || fail "command $i has failed"; done
assert_equal "$(builder run "$name" -- sh -c 'ls /many-* | wc -l')" 20
builder rm "$name" >/dev/null
