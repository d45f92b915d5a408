# Mounts whose targets are (dangling) links, or lie below them, go where the links lead inside the image. The links stay, and nothing
# is left in the layer, nor made on this machine.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo text >context/file && echo word >secret.txt
beyond=/builder-test-$$-beyond
mkdir -p files/etc files/var files/dev files/proc files/sys
ln -s var/roothome files/root
ln -s "$beyond/opt" files/opt
ln -s ../run/lock files/var/lock
ln -s "$beyond/data" files/data
ln -s ../run/resolv/stub files/etc/resolv.conf
ln -s "$beyond/hosts" files/etc/hosts
ln -s /etc/chain/name files/etc/hostname
ln -s /run/chain files/etc/chain
builder build -q -t links -f - files >/dev/null <<<$'FROM scratch\nCOPY --from=base /bin /bin\nCOPY . /'
assert_line "$(layer links)" "etc/resolv.conf link 0777 0:0 0 -> ../run/resolv/stub"
assert_line "$(layer links)" "root link 0777 0:0 0 -> var/roothome"
check() { # RUN-LINE FLAGS...
    local line=$1
    shift
    builder build -q --network none "$@" --secret id=s,src=secret.txt,scan=false -t it -f - context >/dev/null <<<$'FROM links\n'"RUN $line"$'\nRUN touch /after'
    assert_equal "$(layer it -2 | grep -v '^seen ' || true)" "" "what $line leaves"
    assert_equal "$(layer it)" "after file 0644 0:0 0" "what the step after $line leaves"
}
check '--mount=type=cache,target=/root/.cache touch /root/.cache/x && test -e /var/roothome/.cache/x'
check '--mount=type=secret,id=s,target=/root/.npmrc grep -q word /root/.npmrc'
check '--mount=type=bind,target=/root/source grep -q text /root/source/file'
check '--mount=type=bind,source=file,target=/opt/file grep -q text /opt/file'
check '--mount=type=tmpfs,target=/var/lock touch /var/lock/x'
check '--mount=type=cache,target=/data touch /data/x'
check 'grep -q text /root/vol/file' -v "$place/context:/root/vol"
check 'grep -q text /data/file' -v "$place/context:/data"
# The files that builder itself gives a step.
check 'grep -q localhost /etc/hosts && test -s /etc/hostname && test -L /etc/hosts'
[[ ! -e $beyond ]] || fail "something was made on this machine"
# A working container, whose VOLUME is such a link.
container=$(builder from links)
builder config --volume /data "$container"
builder run "$container" touch /data/x
assert_equal "$(builder run "$container" sh -c 'ls /data; readlink /data')" $'x\n'"$beyond/data"
builder rm "$container" >/dev/null
[[ ! -e $beyond ]] || fail "something was made on this machine"
