# Where a tmpfs is mounted at /etc, what steps need lies in it; a folder of somebody else hides it, be it read-only.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo text >context/file
run() { builder build --no-cache -t it -f - context; }
run >out <<<$'FROM base\nRUN --mount=type=tmpfs,target=/etc ls /etc && grep -c localhost /etc/hosts'
assert_contains "$(cat out)" $'hostname\nhosts\nresolv.conf\n'
run >out <<<$'FROM base\nRUN --mount=type=bind,target=/etc ls -A /etc'
assert_contains "$(cat out)" $'\nfile\n'
assert_lacks "$(cat out)" resolv.conf
for target in /etc /run; do
    run >out <<<$'FROM base\nRUN --mount=type=tmpfs,target='"$target"$' touch '"$target"$'/new && find / -xdev -empty -type f >/found\nRUN touch /empty'
    assert_lacks "$(layer it)" resolv.conf
    assert_lacks "$(layer it)" containerenv
done
# It is there in other steps, and in no layer.
run >out <<<$'FROM base\nRUN test -f /run/.containerenv && touch /run/own'
assert_contains "$(layer it)" run/own
assert_lacks "$(layer it)" containerenv
