# credential-helpers of registries.conf are asked, and told, before files; a file that is named counts alone.
source "$(dirname "$0")/../library.sh"
mkdir bin
cat >bin/docker-credential-mine <<'X'
#!/bin/sh
case $1 in
get) read -r server; printf '{"ServerURL":"%s","Username":"helper","Secret":"pw"}' "$server" ;;
erase) cat >"${0%/*}/erased" ;;
esac
X
chmod +x bin/docker-credential-mine
export PATH=$place/bin:$PATH HOME=$place/home
mkdir home
printf 'credential-helpers = ["mine"]\n' >conf
login() { builder --registries-conf conf login "$@"; }
assert_equal "$(login --get-login a.test)" helper
builder --registries-conf conf logout a.test >/dev/null
assert_contains "$(cat bin/erased)" a.test
printf '{"auths":{"a.test":{"auth":"bWU6c2VjcmV0"}}}' >auth.json
chmod 600 auth.json
assert_equal "$(login --authfile auth.json --get-login a.test)" me
assert_fails_with 125 env REGISTRY_AUTH_FILE=nosuch.json "$program" --registries-conf conf login --get-login a.test
assert_contains "$output" nosuch.json
assert_fails_with 125 builder logout --authfile nosuch.json a.test
assert_contains "$output" "credential file is not accessible"
