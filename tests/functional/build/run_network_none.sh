# With --network none a step has a loopback and nothing else. No file widens that, unless the command line allows it.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN ls /sys/class/net >/tmp/net; ip addr show lo | grep -c 127.0.0.1 >/tmp/up; wc -c </etc/resolv.conf >/tmp/resolv
RUN --network=host readlink /proc/self/ns/net >/tmp/host
X
assert_refused --network none .
assert_contains "$output" "--allow network.host"
builder build -q -t trigger -f - . >/dev/null <<<$'FROM base\nONBUILD RUN --network=host echo HAS-RUN'
assert_fails_with 125 builder build --network none -f - . <<<'FROM trigger'
assert_contains "$output" "--allow network.host"
assert_lacks "$output" $'\nHAS-RUN'
builder build -q --network none --allow network.host -t it . >/dev/null
assert_equal "$(file it /tmp/net)" lo
assert_equal "$(file it /tmp/up)" 1
assert_equal "$(file it /tmp/resolv)" 0
assert_equal "$(file it /tmp/host)" "$(readlink /proc/self/ns/net)"
# Where the network is the machine's anyway, nothing has to be allowed.
builder build -q --network host -f - . >/dev/null <<<$'FROM base\nRUN --network=host true'
# What is not known must not mean a network, nor rights.
builder build -q --no-cache -f - . >/dev/null <<<$'FROM base\nRUN --network=none --security=sandbox true\nRUN --network=default true'
for flag in --network=NONE --network=nonsense '--network=$N' --network= --security=Insecure; do
    assert_fails_with 125 builder build --no-cache -f - . <<<$'FROM base\nARG N=none\nRUN '"$flag echo HAS-RUN"
    assert_contains "$output" "RUN ${flag%%=*} takes"
    assert_lacks "$output" $'\nHAS-RUN'
done
