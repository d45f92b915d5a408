# Steps of root have a network of their own too, which costs nothing until a program of theirs asks for it: then it is connected,
# once for all steps. The services of this machine's loopback cannot be reached from it unless that is asked for.
source "$(dirname "$0")/../library.sh"
needs_root
needs pasta ip unshare
[[ -c /dev/net/tun ]] || skip "there is no /dev/net/tun"
make_base
mkdir -p served context && echo served >served/file
fetch="wget -q -O /fetched http://localhost:8098/file"
cat >context/unused <<'END1'
FROM base
RUN test "$(ls /sys/class/net)" = lo
END1
cat >context/private <<END1
FROM base
RUN test "\$(ip -4 address show scope global | grep -o '10\\.99\\.9\\.[0-9]*/')" = 10.99.9.2/ && { $fetch; test \$? = 1; }
RUN ip route | grep -q 'default via 10.99.9.1'
RUN --network=none test "\$(ip link | grep -c '^[0-9]')" = 1
RUN --network=host $fetch
RUN --security=insecure grep -q 'Seccomp:.0' /proc/self/status && ip route | grep -q default
END1
printf 'FROM base\nRUN %s\n' "$fetch" >context/fetch
printf 'FROM base\nRUN wget -q -O /fetched http://box:8098/file\n' >context/gateway
export -f builder fail wait_until assert_contains assert_fails_with assert_equal
export place program
cat >inside <<SCRIPT
set -eu
ip link set lo up
ip link add up0 type veth peer name up1 && ip link set up1 up && ip address add 10.99.9.2/24 dev up0 && ip link set up0 up && ip route add default via 10.99.9.1
$python -m http.server --bind 127.0.0.1 --directory served 8098 >server.log 2>&1 &
trap "kill \$!" EXIT
answers() { exec 3<>/dev/tcp/127.0.0.1/8098; } 2>/dev/null
wait_until 20 answers || fail "the server does not answer"
times_connected() { grep -c 'network of the steps is connected' log || true; }
builder --log-level debug build -q --no-cache -f context/unused context >/dev/null 2>log || fail "\$(cat log)"
assert_equal "\$(times_connected)" 0
builder --log-level debug build -q --no-cache --allow security.insecure --allow network.host -f context/private context >/dev/null 2>log || fail "\$(cat log)"
assert_equal "\$(times_connected)" 1
builder build -q --no-cache --network pasta:-T,8098 -f context/fetch context
builder build -q --no-cache --network host -f context/fetch context
builder build -q --no-cache --add-host box:host-gateway -f context/gateway context
builder build -q --no-cache --network private --security-opt seccomp=unconfined --add-host box:host-gateway -f context/gateway context
container=\$(builder from base)
builder run "\$container" -- ip -4 address show scope global | grep -q 10.99.9.2
builder run --network pasta:-T,8098 "\$container" -- sh -c '$fetch && cat /fetched'
# Asked for by name it has to be there; else steps do without.
assert_fails_with 125 builder build --no-cache --network pasta:--no-such-option -f context/fetch context
assert_contains "\$output" "pasta could not connect"
ip route del default
ip -4 address flush dev up0
assert_fails_with 125 builder build --no-cache --network private -f context/fetch context
assert_contains "\$output" "private one could not be set up"
builder build -q --no-cache -f - context >/dev/null 2>log <<<\$'FROM base\nRUN test "\$(ip link | grep -c ^[0-9])" = 1'
assert_contains "\$(cat log)" "private one could not be set up"
SCRIPT
unshare --net bash inside >log2 2>&1 || fail "$(cat log2)"
no_pasta_left() { ! pgrep --full -- "--netns $place" >/dev/null; }
wait_until 10 no_pasta_left || fail "a pasta is left"
assert_equal "$(builder info --format '{{.host.network.default}}')" pasta
