# run --mount type=bind is read-only unless it says rw, and then what is written is thrown away: this machine's files stay as they are.
source "$(dirname "$0")/../library.sh"
make_base
mkdir -p shared/in && echo outside >shared/file && chown 3:4 shared/file
before=$(find shared -exec stat -c '%n %a %u:%g %s %Y' {} + | sort)
for driver in overlay vfs; do
    container=$(builder --storage-driver "$driver" from base)
    try() { builder --storage-driver "$driver" run "$@"; }
    assert_fails_with 1 try --mount "type=bind,source=$place/shared,target=/m" "$container" touch /m/x
    assert_contains "$output" "Read-only"
    try --mount "type=bind,source=$place/shared,target=/m,rw" "$container" sh -c 'echo changed >/m/file; touch /m/in/new; rm /m/file; chmod 700 /m'
    try --mount "type=bind,source=$place/shared/file,target=/f,rw" "$container" sh -c 'echo changed >>/f; cat /f' >seen
    assert_equal "$(cat seen)" $'outside\nchanged'
    assert_equal "$(try --user 1234 --mount "type=bind,source=$place/shared,target=/m,rw,U" "$container" sh -c 'touch /m/mine && stat -c %u /m/file')" 1234
    assert_equal "$(find shared -exec stat -c '%n %a %u:%g %s %Y' {} + | sort)" "$before" "$driver"
    builder --storage-driver "$driver" rm "$container" >/dev/null
done
