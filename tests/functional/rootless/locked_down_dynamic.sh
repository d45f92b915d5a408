# Programs that need a loader run in an emulated container as elsewhere: with threads, of fixed addresses, by scripts of
# scripts, of another C library; and what packages do when they are installed gives the layers of root.
source "$(dirname "$0")/../library.sh"
needs g++ dpkg dpkg-deb tar setcap
a_locked_down_place
mkdir -p context/root/{tmp,probes,etc,var/lib/dpkg/info,var/log} context/package/DEBIAN context/package/opt/it
programs="bash cat chmod chown cp dpkg dpkg-deb dpkg-query diff getcap id install ln ls mkdir mv readlink rm setcap sh stat tar touch true"
for name in $programs; do
    path=$(readlink -f "$(type -P "$name")")
    install -D "$path" "context/root/bin/$name"
    ldd "$path" | grep -o '/[^ ]*' | while read -r library; do
        [[ -e context/root$library ]] || install -D "$(readlink -f "$library")" "context/root$library"
    done
done
for name in ldconfig start-stop-daemon dpkg-split; do printf '#!/bin/sh\nexit 1\n' >"context/root/bin/$name"; done
chmod 755 context/root/bin/*
touch context/root/var/lib/dpkg/{status,available}
printf 'Package: it\nVersion: 1\nArchitecture: all\nMaintainer: a <a@localhost>\nDescription: it\n' >context/package/DEBIAN/control
printf '#!/bin/sh -e\nchown 77:78 /opt/it/file\nchmod 4750 /opt/it/file\nln -s file /opt/it/link\nchown -h 7 /opt/it/link\n' \
    >context/package/DEBIAN/postinst && chmod 755 context/package/DEBIAN/postinst
echo content >context/package/opt/it/file
dpkg-deb --build --root-owner-group context/package context/root/it.deb >/dev/null
g++ -O1 -w -pthread -o context/root/probe "$tests/rootless/dynamic_probe.cpp"
g++ -O1 -w -pthread -no-pie -o context/root/fixed "$tests/rootless/dynamic_probe.cpp"
ldd context/root/probe | grep -o '/[^ ]*' | while read -r library; do
    [[ -e context/root$library ]] || install -D "$(readlink -f "$library")" "context/root$library"
done
if command -v musl-gcc >/dev/null; then
    musl-gcc -o context/root/other -x c - <<<'int printf(const char*,...); int main() { printf("of another library\n"); }'
    install -D "$(readlink -f /lib/ld-musl-x86_64.so.1)" context/root/lib/ld-musl-x86_64.so.1
else
    printf '#!/bin/sh\necho of another library\n' >context/root/other && chmod 755 context/root/other
fi
cat >context/Containerfile <<'END'
FROM scratch
COPY root /
SHELL ["/bin/bash", "-c"]
RUN exec 2>&1; (exec -a called /probes/../probe >/said); test $? = 9 && cat /said && test ! -s /said
RUN mv /fixed /probe && (exec -a called /probes/../probe >/said); test $? = 9 && cat /said && test ! -s /said
RUN test "$(/other)" = "of another library" && rm /said
RUN printf '#!/bin/bash\necho "$0" "$@"\n' >/one && printf '#!/one with all\n' >/two && chmod 755 /one /two && test "$(/two x)" = "/one with all /two x"
RUN PATH=/bin dpkg --force-all -i /it.deb && test "$(stat -c %a:%u:%g /opt/it/file /opt/it/link)" = "$(printf '4750:77:78\n777:7:0')" && rm -r /var/log /var/lib/dpkg
RUN tar cf /it.tar --sort=name --mtime=@0 opt && mkdir /there && tar xf /it.tar -C /there && cp -a /there /again
RUN setcap cap_net_raw+ep /bin/diff && cp -a /bin/diff /kept && chown 3 /kept && test "$(getcap /bin/diff)" = "/bin/diff cap_net_raw=ep"
RUN for i in {1..100}; do true & done; wait; for i in {1..30}; do /bin/true & done; wait
END
flags=(-q --no-cache --timestamp 0 --rewrite-timestamp -t it)
locked_down build "${flags[@]}" context >locked.id 2>locked.log || fail "$(cat locked.log)"
assert_equal "$(cat locked.id)" "$(builder --storage-driver vfs build "${flags[@]}" context)" "the image of the pod"
