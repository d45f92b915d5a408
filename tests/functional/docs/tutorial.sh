# The tutorial, typed as it stands, ends with an image for two platforms in a registry.
. "$(dirname "$0")/run_page.sh"
needs docker-registry curl jq
needs_root
[[ -x /bin/busybox ]] || skip "busybox-static is not installed"
run_page tutorial

list=$(builder manifest inspect --tls-verify=false "docker://$registry/greeting")
assert_equal "$(jq -r '[.manifests[].platform | .os + "/" + .architecture] | sort | join(" ")' <<<"$list")" "linux/amd64 linux/arm64"
for architecture in amd64 arm64; do
    builder --root "$place/check" pull -q --tls-verify=false --platform "linux/$architecture" "$registry/greeting" >/dev/null
    folder=$place/checked-$architecture
    builder --root "$place/check" push -q --disable-compression "$registry/greeting" "oci:$folder:x"
    assert_equal "$("$python" "$tests/image_facts.py" "$folder" file /greeting)" "Hello, $architecture!"
done
# What the page says that one sees.
assert_line "$(cat tutorial.log)" "HELLO!"
assert_line "$(cat tutorial.log)" "         because file greeting changed (b22b00913462 → 98411c31e3c6)"
assert_contains "$(cat tutorial.log)" "pushed $registry/greeting@sha256:"
kill "$(cat pages/tutorial/registry.pid)"
rm pages/tutorial/registry.pid
