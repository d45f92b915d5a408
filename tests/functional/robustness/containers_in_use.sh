# A container that a command works in stays: `rm` refuses, and a commit beside another one has all files.
. "$(dirname "$0")/../library.sh"
make_base
builder from -q --name C base >/dev/null
mkfifo hold
builder run C -- sh -c 'echo begun; read line; ls /etc/passwd' <hold >out 2>&1 &
run=$!
exec 9>hold
wait_until 20 grep -qx begun out || fail "the command did not begin: $(cat out)"
assert_fails_with 125 builder rm C
assert_contains "$output" "is in use by another command"
assert_fails_with 125 builder rmi --force base
assert_contains "$output" "is in use by another command"
builder containers --noheading >list
grep -q ' C$' list || fail "the container is gone: $(cat list)"
echo go >&9
exec 9>&-
wait "$run" || fail "the command failed: $(cat out)"
grep -qx /etc/passwd out || fail "its files were taken away: $(cat out)"

builder run C -- sh -c 'mkdir /e; i=0; while [ $i -lt 1500 ]; do echo $i >/e/$i; i=$((i+1)); done'
commits=()
for number in 1 2 3 4; do
    builder commit -q C "image$number" >"commit$number" 2>&1 &
    commits+=($!)
done
for commit in "${commits[@]}"; do wait "$commit" || fail "a commit failed: $(cat commit?)"; done
for number in 1 2 3 4; do
    folder=$(write_oci "image$number")
    count=$("$python" "$tests/image_facts.py" "$folder" layer -1 | grep -c '^e/[0-9]' || true)
    assert_equal "$count" 1500 "files of image$number"
done
builder rm C >/dev/null
assert_equal "$(ls "$place/store/locks")" "" "locks of containers are left"
