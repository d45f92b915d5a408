# /dev has the usual nodes, links and file systems, and nothing of the host.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN cd /dev; for n in null zero full random urandom tty ptmx fd stdin stdout stderr; do test -e $n -o -h $n || echo missing $n; done >/tmp/missing
RUN stat -c '%F %t,%T %a' /dev/null /dev/zero >/tmp/nodes
RUN ls /dev >/tmp/names
RUN for m in pts shm mqueue; do grep " /dev/$m " /proc/mounts | cut -d' ' -f3; done >/tmp/types
RUN echo gone >/dev/null && head -c 4 /dev/zero | wc -c >/tmp/zero && echo x >/dev/shm/x
X
builder build -q -t it . >/dev/null
assert_equal "$(file it /tmp/missing)" ""
assert_equal "$(file it /tmp/nodes)" $'character special file 1,3 666\ncharacter special file 1,5 666'
assert_equal "$(file it /tmp/types)" $'devpts\ntmpfs\nmqueue'
assert_equal "$(file it /tmp/zero)" 4
assert_lacks "$(file it /tmp/names)" mem
builder build -q --shm-size 1m -t it -f - . >/dev/null <<<$'FROM base\nRUN grep /dev/shm /proc/mounts >/tmp/shm'
assert_contains "$(file it /tmp/shm)" size=1024k
