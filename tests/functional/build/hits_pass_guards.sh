# A cached step has passed the same checks as one that runs: policies for sources, and the search for secrets.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty served && echo content >served/file
serve "$place/served"
digest=sha256:$(sha256sum served/file | cut -d' ' -f1)
build_empty <<<$'FROM base\nADD --checksum='"$digest $url/file /f"
assert_contains "$(build_log empty <<<$'FROM base\nADD --checksum='"$digest $url/file /f")" "cache"
echo '{"rules": [{"action": "DENY", "selector": {"identifier": "'"$url"'/*"}}]}' >policy.json
assert_fails_with 125 builder build --source-policy-file policy.json --no-cache -f - empty <<<$'FROM base\nADD --checksum='"$digest $url/file /f"
assert_contains "$output" "does not allow"
assert_fails_with 125 builder build --source-policy-file policy.json -f - empty <<<$'FROM base\nADD --checksum='"$digest $url/file /f"
assert_contains "$output" "does not allow"
echo '{"rules": [{"action": "CONVERT", "selector": {"identifier": "'"$url"'/*"}, "updates": {"attrs": {"http.checksum": "sha256:'"$(printf '0%.0s' {1..64})"'"}}}]}' >policy.json
assert_fails_with 125 builder build --source-policy-file policy.json -f - empty <<<$'FROM base\nADD --checksum='"$digest $url/file /f"
assert_contains "$output" "the source policy asks for"

# A secret that was built in on purpose, and then not.
echo a-well-kept-word >secret
leaking=$'FROM base\nRUN --mount=type=secret,id=s cat /run/secrets/s >/x\nRUN true'
builder build -q -t it --secret id=s,src=secret,scan=false -f - empty <<<"$leaking" >/dev/null
assert_equal "$(file it /x)" a-well-kept-word
assert_fails_with 125 builder build --secret id=s,src=secret -f - empty <<<"$leaking"
assert_contains "$output" "the file '/x' would carry the secret 's'"
assert_contains "$output" "RUN --mount=type=secret"
# A layer is read once for the same secrets.
clean=$'FROM base\nRUN --mount=type=secret,id=s head -c 20000000 /dev/zero >/x'
builder build -q -t it --secret id=s,src=secret -f - empty <<<"$clean" >/dev/null
reads() { # of files in layers of the store, by a build with these flags
    strace -f -qq -e trace=read,pread64,copy_file_range,mmap -y -o trace "$program" --root "$place/store" --runroot "$place/run" build -q "$@" -f - empty <<<"$clean" >/dev/null
    grep -c "layers/[^/]*/diff/x>" trace || true
}
needs strace
assert_equal "$(reads --secret id=s,src=secret)" 0
echo another-well-kept-word >secret
count=$(reads --secret id=s,src=secret)
((count > 0)) || fail "a layer was not searched for a new secret"
assert_equal "$(reads --secret id=s,src=secret)" 0
