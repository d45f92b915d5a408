# --network NAME: one network namespace for all steps of a build, set up by CNI plugins and taken down again.
. "$(dirname "$0")/../library.sh"
needs unshare ip
[[ -x /usr/lib/cni/bridge ]] || skip "the plugins of CNI are not installed"
make_base
mkdir empty networks served && echo served >served/file
cat >networks/20-test.conflist <<JSON
{"cniVersion": "0.4.0", "name": "test", "plugins": [
  {"type": "bridge", "bridge": "bridge0", "isGateway": true, "dns": {"nameservers": ["10.99.7.53"], "search": ["example.invalid"]},
   "ipam": {"type": "host-local", "dataDir": "$place/leases", "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "10.99.7.0/24"}]]}},
  {"type": "tuning"}]}
JSON
cat >networks/10-broken.conf <<JSON
{"cniVersion": "0.4.0", "name": "broken", "type": "no-such-plugin"}
JSON
# Everything happens in a network of the test's own, which ends with it.
cat >inside <<SCRIPT
set -eu
ip link set lo up
$python -m http.server --bind 0.0.0.0 --directory served 8099 >server.log 2>&1 &
trap "kill \$!" EXIT
"$program" --root "$place/store" --runroot "$place/run" build -q -t it --allow network.host --cni-config-dir networks --network test --add-host box:host-gateway -f - empty <<'CONTAINERFILE'
FROM base
RUN ip -4 address show eth0 | grep -o '10.99.7.[0-9]*' | head -1 >/first && ip link show lo | grep -q UP
RUN ip -4 address show eth0 | grep -o '10.99.7.[0-9]*' | head -1 >/second && cmp /first /second
RUN for i in 1 2 3 4 5 6 7 8 9 10; do wget -q -O /fetched http://box:8099/file && break; sleep 0.1; done; cat /fetched
RUN cat /etc/resolv.conf >/resolver; grep -q "^\$(cat /first)" /etc/hosts
RUN --network=none test "\$(ip link | grep -c '^[0-9]')" = 1
RUN --network=host ip link show bridge0
CONTAINERFILE
ip link >links
SCRIPT
unshare --net bash inside >log 2>&1 || fail "$(cat log)"
assert_equal "$(file it /fetched)" served
assert_equal "$(file it /resolver)" $'search example.invalid\nnameserver 10.99.7.53'
assert_lacks "$(cat links)" veth
assert_equal "$(find leases -name '10.99.7.*')" "" "addresses that are still taken"
assert_fails_with 125 builder build --cni-config-dir networks --network broken -f - empty <<<$'FROM base\nRUN true'
assert_contains "$output" "no-such-plugin"
assert_fails_with 125 builder build --cni-config-dir networks --network tset -f - empty <<<$'FROM base\nRUN true'
assert_contains "$output" "the networks are broken, test"
touch netns && unshare --net=netns true && builder build -q -t it --network "ns:$place/netns" -f - empty >/dev/null <<<$'FROM base\nRUN ip link | grep -c "^[0-9]" >/count'
umount netns
assert_equal "$(file it /count)" 1
