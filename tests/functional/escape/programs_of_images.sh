# While a container is made, nothing of its image is executed or loaded: no tool (CVE-2022-1227), no library of name services
# (CVE-2019-14271), nothing by a list of what to preload.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/etc context/lib context/bin empty
tools="mount umount nsenter newuidmap newgidmap pasta ip iptables nft git tar gzip xz zstd getent id sh"
for tool in $tools; do printf '#!/bin/sh\necho taken\n' >context/bin/$tool; done
chmod 755 context/bin/*
printf 'passwd: evil files\ngroup: evil files\n' >context/etc/nsswitch.conf
echo /lib/evil.so >context/etc/ld.so.preload
: >context/etc/ld.so.cache
for library in libnss_evil.so.2 libnss_files.so.2 evil.so libc.so.6; do echo "no library" >context/lib/$library; done
builder build -q -t it -f - context >/dev/null <<'CONTAINERFILE'
FROM base
COPY etc /etc
COPY lib /lib
COPY bin /usr/local/sbin
ENV PATH=/usr/local/sbin:/bin
CONTAINERFILE
# What of the layers is opened, wherever they are mounted: each line a path.
cat >watch.py <<'PROGRAM'
import ctypes, os, struct, sys
libc, names = ctypes.CDLL(None), {}
watch = libc.inotify_init()
for path in sys.stdin.read().split():
    names[libc.inotify_add_watch(watch, path.encode(), 0x20)] = path  # IN_OPEN
print('ready', len(names), flush=True)
while True:
    events, at = os.read(watch, 1 << 16), 0
    while at < len(events):
        number, _, _, length = struct.unpack_from('iIII', events, at)
        print(names.get(number), flush=True)
        at += 16 + length
PROGRAM
find store/layers \( -path '*/etc/nsswitch.conf' -o -path '*/etc/ld.so.*' -o -path '*/lib/*' -o -path '*/usr/local/sbin/*' \) -type f -printf "$place/%p\n" >watched
(($(wc -l <watched) > 20)) || fail "there is too little to watch: $(cat watched)"
"$python" -u watch.py <watched >opened 2>&1 &
server=$! # ends with the test
wait_until 10 grep -q '^ready' opened || fail "nothing is watched: $(cat opened)"
# That it would be seen: a step that reads one.
builder build -q --no-cache -f - empty >/dev/null <<<$'FROM it\nRUN ["/bin/busybox", "cat", "/etc/nsswitch.conf"]'
wait_until 10 grep -q 'etc/nsswitch.conf$' opened || fail "an open file is not seen: $(cat opened)"
before=$(wc -l <opened)
mkdir cache && echo x >cache/file
for flags in "--isolation oci" "--isolation chroot" "--network none" "--userns-uid-map 0:100000:65536 --userns-gid-map 0:100000:65536"; do
    # shellcheck disable=SC2086 # flags are words
    builder build -q --no-cache $flags -t made -f - cache >log 2>&1 <<'CONTAINERFILE' || fail "$flags: $(cat log)"
FROM it
COPY --chown=alice:staff file /file
WORKDIR /new/folder
USER alice:staff
RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t --mount=type=bind,target=/b ["/bin/busybox", "true"]
CONTAINERFILE
done
container=$(builder from it)
builder run --user alice "$container" -- /bin/busybox true
builder copy -q --chown alice "$container" cache/file /other >/dev/null
builder run "$container" -- /bin/busybox cat /etc/nsswitch.conf >/dev/null
has_more() { (($(wc -l <opened) > before)); }
# The watch has come to here, and has seen this last one alone.
wait_until 10 has_more || fail "the last one is not seen"
assert_lacks "$(tail -n +$((before + 1)) opened | grep -v 'etc/nsswitch.conf$' || true)" /
assert_equal "$(tail -n +$((before + 1)) opened | grep -c 'etc/nsswitch.conf$')" 1 "how often name services were asked for: $(cat opened)"
