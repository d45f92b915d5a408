# What a first command makes of its container's /etc, /run and /dev leads the second one, its terminal, COPY and commit nowhere else
# (CVE-2015-3629, CVE-2025-52565, CVE-2026-88264, CVE-2025-24965).
. "$(dirname "$0")/../library.sh"
make_base
mkdir victim && echo keep >victim/file
# links LINK TARGET...: a container whose root has these links.
links() {
    local container point
    container=$(builder from base)
    point=$(builder mount "$container")
    [[ -z ${with_folder:-} ]] || mkdir -p "$point$place/victim"
    while (($# > 0)); do
        rm -rf "${point:?}$1" && mkdir -p "$(dirname "$point$1")" && ln -s "$2" "$point$1"
        [[ $(readlink "$point$1") == "$2" ]] || fail "there is no link at $1"
        shift 2
    done
    builder umount "$container" >/dev/null
    echo "$container"
}
# Where the link leads to nothing in the root, the place is made there, and taken away again.
container=$(links /etc "$place/victim")
assert_equal "$(builder run "$container" -- sh -c 'grep -q localhost /etc/hosts && readlink /etc')" "$place/victim"
assert_equal "$(builder run "$container" -- sh -c 'ls /etc | tr "\n" " "')" "hostname hosts resolv.conf "
assert_equal "$(ls -A victim)" file "what is outside"
container=$(with_folder=yes links /etc "$place/victim" /run "$place/victim" /bin/tool "$place/victim/file")
assert_equal "$(builder run "$container" -- sh -c 'echo in >/etc/inside; grep -q localhost /etc/hosts && echo hosts; cat /bin/tool 2>/dev/null' || true)" hosts "the hosts of the container, and no file of the machine"
echo planted >planted
builder copy -q "$container" planted /etc/planted >/dev/null
builder config --workingdir /run/folder "$container"
assert_equal "$(builder run "$container" pwd)" "$place/victim/folder" "the folder is made where the link leads in the root"
builder commit -q "$container" second >/dev/null
assert_equal "$(file second "$place/victim/planted")" planted "within the image"
for link in "/dev/pts" "/dev/console" "/dev/null" "/dev/ptmx" "/dev/tty"; do
    container=$(links "$link" "$place/victim/new")
    output=$(builder run --tty "$container" -- sh -c 'test -c /dev/console && test -c /dev/null && test -c /dev/pts/0 && echo fine-$((6 * 7)); echo x >/dev/null' </dev/null 2>&1) || fail "$link: $output"
    assert_contains "$output" fine-42 "$link"
done
assert_equal "$(ls -A victim)" file "what is outside"
assert_equal "$(cat victim/file)" keep
