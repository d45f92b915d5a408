# Scripts of an ordinary user: working containers, and mounts inside unshare, which are refused outside with the reason.
source "$(dirname "$0")/../library.sh"
make_base
an_ordinary_user with_ranges
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
container=$(user_builder from --name work oci-archive:"$place/base.tar")
assert_equal "$container" work
assert_equal "$(user_builder run work -- id -u)" 0
assert_equal "$(user_builder run --user alice work -- id -u)" 1234
user_builder run work -- sh -c 'mkdir /mine && echo made >/mine/file && chown alice /mine/file'
echo copied >home/source && user_builder copy --chown alice work "$place/home/source" /mine/copy >/dev/null
assert_fails_with 7 user_builder run work -- sh -c 'exit 7'
assert_fails_with 125 user_builder mount work
assert_contains "$output" "builder unshare"
cat >home/script <<'END'
place=$("$@" mount work)
cat "$place/mine/file"
stat -c %u "$place/mine/copy"
echo more >"$place/mine/more"
"$@" umount work >/dev/null
END
assert_equal "$(user_builder unshare sh "$place/home/script" "$place/home/builder" | tr '\n' ' ')" "made 1234 "
assert_equal "$(user_builder unshare sh -c 'echo $_CONTAINERS_ROOTLESS_UID')" 4711
user_builder commit -q --rm work result >/dev/null
again=$(user_builder from result)
assert_equal "$(user_builder run "$again" -- sh -c 'cat /mine/more; stat -c %u /mine/file')" "$(printf 'more\n1234')"
user_builder rm --all >/dev/null
assert_equal "$(user_builder containers -q)" ""
user_builder rmi --all >/dev/null
user_builder prune --all >/dev/null
