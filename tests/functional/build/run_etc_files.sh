# hosts, hostname and resolv.conf are there in a step, and not in its layer.
. "$(dirname "$0")/../library.sh"
make_base
build_empty --network host --add-host there:10.1.2.3 <<'X'
FROM base
RUN cat /etc/hosts /etc/hostname /etc/resolv.conf >/tmp/seen && hostname >/tmp/name
X
seen=$(file it /tmp/seen)
assert_contains "$seen" $'127.0.0.1\tlocalhost'
assert_contains "$seen" $'10.1.2.3\tthere'
assert_contains "$seen" "$(cat /etc/resolv.conf)"
assert_contains "$seen" "$(file it /tmp/name)"
assert_lacks "$(layer it)" etc
# What the image has of these stays as it is.
build_empty <<<$'FROM base\nCOPY <<X /etc/hosts\n1.1.1.1 mine\nX\nRUN touch /done'
assert_equal "$(file it /etc/hosts)" "1.1.1.1 mine"
assert_lacks "$(layer it)" etc
