# Steps on a network by pasta find names: whether the name server of the host is on its loopback or not, by IPv4 and by IPv6, with its
# search list; --dns names another one. An answer that came from another address than was asked would not count.
. "$(dirname "$0")/../library.sh"
needs_root
needs pasta ip ss nsenter unshare dnsmasq
[[ -c /dev/net/tun ]] || skip "there is no /dev/net/tun"
make_base
mkdir empty
export -f builder fail wait_until assert_contains assert_equal assert_line
export place program
cat >inside <<'SCRIPT'
set -eu
mount --make-rprivate /
: >resolv.conf
mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
ip link set lo up
# A neighbour, who has name servers too: this machine's own addresses are those of the steps' network as well.
unshare --net sleep infinity &
neighbour=$!
servers=("$neighbour")
trap 'kill "${servers[@]}"' EXIT
apart() { [[ $(readlink "/proc/$neighbour/ns/net") != "$(readlink /proc/self/ns/net)" ]]; }
wait_until 10 apart || fail "there is no neighbour"
ip link add up0 type veth peer name up1 netns "$neighbour" && ip link set up0 up
at_neighbour() { nsenter --net="/proc/$neighbour/ns/net" "$@"; }
at_neighbour ip link set up1 up
ip address add 10.99.9.2/24 dev up0 && at_neighbour ip address add 10.99.9.1/24 dev up1 && ip route add default via 10.99.9.1
ip -6 address add fd99::2/64 dev up0 nodad && at_neighbour ip -6 address add fd99::1/64 dev up1 nodad && ip -6 route add default via fd99::1
# Each server has an answer of its own, so that it is seen who was asked.
serve_names() { # ADDRESS ANSWER [COMMAND TO START IT WITH…]
    "${@:3}" dnsmasq --no-daemon --no-resolv --no-hosts --bind-interfaces --conf-file=/dev/null --pid-file= --user=root \
        --listen-address="$1" --address="/name.example.test/$2" >>dnsmasq.log 2>&1 &
    servers+=($!)
}
serve_names 127.0.0.1 10.1.1.1
serve_names 10.99.9.1 10.1.1.2 nsenter --net="/proc/$neighbour/ns/net"
serve_names fd99::1 10.1.1.3 nsenter --net="/proc/$neighbour/ns/net"
listening() { (($(ss -Hlun 'sport = 53' | wc -l) >= 1 && $(at_neighbour ss -Hlun 'sport = 53' | wc -l) >= 2)); }
wait_until 20 listening || fail "the name servers did not start: $(cat dnsmasq.log)"

# names FLAGS…: asks for the name in a step; sets $answer, the address that was found, and $file, the step's /etc/resolv.conf.
names() {
    printf 'FROM base\nRUN nslookup name.example.test 2>&1 | sed -n "s/^Address: \\(10[0-9.]*\\)$/\\1/p" >/answer; cat /etc/resolv.conf >/file\n' |
        timeout 60 "$program" --root "$place/store" --runroot "$place/run" build -q --no-cache -t it "$@" -f - empty >/dev/null || fail "the build with $* failed"
    "$program" --root "$place/store" --runroot "$place/run" push -q --disable-compression it "oci:$place/oci-of-it:x"
    answer=$($python "$tests/image_facts.py" "$place/oci-of-it" file /answer)
    file=$($python "$tests/image_facts.py" "$place/oci-of-it" file /file)
    rm -r "$place/oci-of-it"
}
hosts_file() { printf '%b' "$1" >resolv.conf; }

hosts_file 'nameserver 127.0.0.1\n'
names
assert_equal "$answer" 10.1.1.1 "on loopback"
hosts_file 'nameserver 10.99.9.1\n'
names
assert_equal "$answer" 10.1.1.2 "off loopback"
hosts_file 'nameserver fd99::1\n'
names
assert_equal "$answer" 10.1.1.3 "by IPv6"
hosts_file 'nameserver 127.0.0.1\nsearch example.test\noptions ndots:3\n'
names
assert_equal "$answer" 10.1.1.1 "with a search list"
assert_line "$file" "search example.test"
assert_line "$file" "options ndots:3"
# --dns: the server that is named, even if it is the host's own; what is not named stays as it is on the host.
names --dns 10.99.9.1
assert_equal "$answer" 10.1.1.2 "--dns"
assert_equal "$file" $'search example.test\nnameserver 10.99.9.1\noptions ndots:3' "--dns"
hosts_file 'nameserver 10.99.9.1\n'
names --dns 10.99.9.1
assert_equal "$answer" 10.1.1.2 "--dns of the host's server"
names --dns-search other.test
assert_equal "$answer" 10.1.1.2 "--dns-search alone"
assert_line "$file" "search other.test"
names --network host --dns-option ndots:2
assert_equal "$file" $'nameserver 10.99.9.1\noptions ndots:2' "the host's network"
SCRIPT
export python tests
unshare --net --mount bash inside >log 2>&1 || fail "$(cat log)"
