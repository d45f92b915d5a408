# --volume and --mount show paths of this machine, other images and memory; nothing of them stays in the container.
source "$(dirname "$0")/../library.sh"
make_base
container=$(builder from base)
mkdir shared
echo outside >shared/file
builder run --volume "$place/shared:/mnt" "$container" -- sh -c 'cat /mnt/file; echo inside >/mnt/new' >out
assert_equal "$(cat out)" outside
assert_equal "$(cat shared/new)" inside
assert_fails_with 1 builder run -v "$place/shared:/mnt:ro" "$container" touch /mnt/x
builder run -v "$place/shared:/mnt:O" "$container" touch /mnt/gone
[[ ! -e shared/gone ]] || fail "an overlay volume was written through"
assert_equal "$(builder run --mount type=bind,source="$place/shared",target=/m,ro "$container" cat /m/file)" outside
assert_equal "$(builder run --contextdir shared --mount type=bind,source=file,target=/f "$container" cat /f)" outside
builder run --mount type=tmpfs,target=/t "$container" sh -c 'touch /t/x'
builder run --mount type=cache,target=/c "$container" sh -c 'echo kept >/c/x'
assert_equal "$(builder run --mount type=cache,target=/c "$container" cat /c/x)" kept
assert_contains "$(builder run --mount type=bind,from=base,source=/bin,target=/b "$container" ls /b)" busybox
assert_fails_with 125 builder run -v relative:/x "$container" true
assert_equal "$(builder run "$container" sh -c 'ls -d /mnt /m /f /t /c /b 2>/dev/null || true')" ""
builder rm "$container" >/dev/null
