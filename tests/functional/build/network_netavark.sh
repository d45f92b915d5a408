# --network with the name of a network of netavark: steps are in it, find the host by the gateway, and nothing of it is left.
source "$(dirname "$0")/../library.sh"
needs unshare ip
[[ -x /usr/lib/podman/netavark ]] || skip "netavark is not installed"
make_base
mkdir empty served networks && echo served >served/file
cat >networks/test.json <<'JSON'
{"name": "test", "id": "53ce4390f2adb1681eb1a90ec8b48c49c015e0a8d336c197637e7f65e365fa9e", "driver": "bridge",
 "network_interface": "nv0", "subnets": [{"subnet": "10.99.9.0/24", "gateway": "10.99.9.1"}], "ipv6_enabled": false,
 "internal": true, "dns_enabled": true, "ipam_options": {"driver": "host-local"}}
JSON
# The network is one of the test's own, and so is the folder of networks.
cat >inside <<SCRIPT
set -eu
mkdir -p /etc/containers/networks && mount --bind networks /etc/containers/networks && mount -t tmpfs none /run
ip link set lo up
$python -m http.server --bind 0.0.0.0 --directory served 8097 >server.log 2>&1 &
trap "kill \$!" EXIT
"$program" --root "$place/store" --runroot "$place/run" build -q -t it --network test --add-host box:host-gateway -f - empty <<'CONTAINERFILE'
FROM base
RUN ip -4 address show eth0 | grep -o '10.99.9.[0-9]*/24' >/address
RUN for i in 1 2 3 4 5 6 7 8 9 10; do wget -q -O /fetched http://box:8097/file && break; sleep 0.1; done; cat /fetched
CONTAINERFILE
ip -o link >links
SCRIPT
unshare --net --mount bash inside >log 2>&1 || fail "$(cat log)"
assert_equal "$(file it /address)" 10.99.9.254/24
assert_equal "$(file it /fetched)" served
assert_lacks "$(cat links)" veth
