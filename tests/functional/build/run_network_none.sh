# With --network none a step has a loopback and nothing else; RUN --network decides over the command line.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN ls /sys/class/net >/tmp/net; ip addr show lo | grep -c 127.0.0.1 >/tmp/up; wc -c </etc/resolv.conf >/tmp/resolv
RUN --network=host readlink /proc/self/ns/net >/tmp/host
X
builder build -q --network none -t it . >/dev/null
assert_equal "$(file it /tmp/net)" lo
assert_equal "$(file it /tmp/up)" 1
assert_equal "$(file it /tmp/resolv)" 0
assert_equal "$(file it /tmp/host)" "$(readlink /proc/self/ns/net)"
