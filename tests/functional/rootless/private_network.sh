# Steps of an ordinary user have a network of their own by default: pasta's. The services of this machine's loopback cannot be
# reached from there unless it is asked for, and nothing is left of it.
source "$(dirname "$0")/../library.sh"
needs pasta ip
[[ -c /dev/net/tun ]] || skip "there is no /dev/net/tun"
make_base
an_ordinary_user with_ranges
mknod tun c 10 200 && chmod 666 tun
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
mkdir served context && echo served >served/file
from="FROM oci-archive:$place/base.tar"
fetch="wget -q -O /fetched http://localhost:8098/file"
cat >context/private <<END
$from
RUN test "\$(ip -4 address show scope global | grep -o '10\\.99\\.8\\.[0-9]*/')" = 10.99.8.2/ && { $fetch; test \$? = 1; }
RUN --network=none test "\$(ip link | grep -c '^[0-9]')" = 1
RUN --network=host $fetch
END
printf '%s\n' "$from" "RUN $fetch" >context/fetch
printf '%s\n' "$from" "RUN wget -q -O /fetched http://box:8098/file" >context/gateway
chmod -R a+rX context
export -f user_builder in_users_place fail wait_until
export place
# This machine's network is one of the test's own, which ends with it.
cat >inside <<SCRIPT
set -eu
ip link set lo up
ip link add up0 type veth peer name up1 && ip link set up1 up && ip address add 10.99.8.2/24 dev up0 && ip link set up0 up && ip route add default via 10.99.8.1
$python -m http.server --bind 127.0.0.1 --directory served 8098 >server.log 2>&1 &
trap "kill \$!" EXIT
answers() { exec 3<>/dev/tcp/127.0.0.1/8098; } 2>/dev/null
wait_until 20 answers || fail "the server does not answer"
user_builder build -q --no-cache --allow network.host -f context/private context
user_builder build -q --no-cache --network pasta:-T,8098 -f context/fetch context
user_builder build -q --no-cache --network host -f context/fetch context
container=\$(user_builder from oci-archive:$place/base.tar)
user_builder run "\$container" -- ip -4 address show scope global | grep -q 10.99.8.2
user_builder run --network pasta:-T,8098 "\$container" -- sh -c '$fetch && cat /fetched'
user_builder build -q --no-cache --network pasta --add-host box:host-gateway -f context/gateway context
! user_builder build --no-cache --network pasta:--no-such-option -f context/fetch context >refused 2>&1
grep -q 'pasta could not connect' refused
SCRIPT
unshare --net bash inside >log 2>&1 || fail "$(cat log)"
no_pasta_left() { ! pgrep --full -- "$place/home/store.*--netns|--netns $place" >/dev/null; }
wait_until 10 no_pasta_left || fail "a pasta is left"
assert_equal "$(user_builder info --format '{{.host.network.default}}')" pasta
# Without a device that they may use the network is this machine's, which they are told.
chmod 600 tun
user_builder build -q --no-cache -f - context <<<"$from"$'\nRUN true' >/dev/null 2>error
assert_contains "$(cat error)" "steps have the network of this machine"
assert_fails_with 125 user_builder build -q --no-cache --network private -f - context <<<"$from"$'\nRUN true'
assert_contains "$output" "/dev/net/tun"
