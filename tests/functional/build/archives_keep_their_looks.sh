# What is in an archive looks as the archive says: --chown is for the folders that are made on the way to it, --chmod for nothing. A new destination looks as the archive says, where it says so. Entries whose path goes back by ".." stay below the
# destination, hard links take the looks of their own entries, and bytes behind the end of a packed archive are nobody's.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context tree/t && echo f >tree/t/f && chmod 2750 tree/t && chmod 644 tree/t/f && chown -R 0:0 tree
tar -C tree -cf context/x.tar t
for kind in gzip:tgz bzip2:tbz xz:txz zstd:tzst; do
    "${kind%:*}" -c <context/x.tar >"context/x.${kind#*:}"
    echo "a signature" >>"context/x.${kind#*:}"
done
"$python" - context <<'PROGRAM'
import io, sys, tarfile
def entry(name, **fields):
    info = tarfile.TarInfo(name)
    for field, value in fields.items(): setattr(info, field, value)
    return info
with tarfile.open(sys.argv[1] + '/links.tar', 'w') as tar:
    tar.addfile(entry('f', size=1, mode=0o644, mtime=1000000000), io.BytesIO(b'x'))
    tar.addfile(entry('g', type=tarfile.LNKTYPE, linkname='f', uid=7, gid=7, mode=0o4711, mtime=1000000500))
    tar.addfile(entry('l', type=tarfile.SYMTYPE, linkname='f', mtime=1000000000))
    tar.addfile(entry('m', type=tarfile.LNKTYPE, linkname='l', mode=0o600, mtime=1000000500))
with tarfile.open(sys.argv[1] + '/back.tar', 'w') as tar:
    tar.addfile(entry('d/../f', size=1, mode=0o644), io.BytesIO(b'x'))
    tar.addfile(entry('d/../g', type=tarfile.LNKTYPE, linkname='h/../f', mode=0o644))
with tarfile.open(sys.argv[1] + '/root.tar', 'w') as tar:
    tar.addfile(entry('./', type=tarfile.DIRTYPE, uid=3, gid=4, mode=0o750, mtime=1000000000))
    tar.addfile(entry('./f', size=1, mode=0o644), io.BytesIO(b'x'))
with tarfile.open(sys.argv[1] + '/folder.tar', 'w') as tar:
    tar.addfile(entry('d', type=tarfile.DIRTYPE, mode=0o755))
    tar.addfile(entry('e', type=tarfile.LNKTYPE, linkname='d'))
with tarfile.open(sys.argv[1] + '/out.tar', 'w') as tar: tar.addfile(entry('d/../../f', size=1), io.BytesIO(b'x'))
PROGRAM
build context <<'X'
FROM base
ADD --chmod=700 --chown=9:9 x.tar /looks/
ADD links.tar /links/
ADD back.tar /back/
ADD x.tgz /tgz/
ADD x.tbz /tbz/
ADD x.txz /txz/
ADD x.tzst /tzst/
RUN stat -c '%n %a %u:%g' /looks /looks/t /looks/t/f >/seen && stat -c '%n %a %u:%g %Y %h' /links/f /links/g >>/seen && readlink /links/m >>/seen
RUN cat /tgz/t/f /tbz/t/f /txz/t/f /tzst/t/f /back/f /back/g >/content && ls /back >>/content
ADD --chown=9:9 root.tar /new/folder/
ADD --chown=9:9 root.tar /bin
RUN stat -c '%n %a %u:%g' /new /new/folder /new/folder/f /bin >/roots && stat -c %Y /new/folder >>/roots
X
assert_equal "$(file it /roots)" "/new 755 9:9
/new/folder 750 3:4
/new/folder/f 644 0:0
/bin 755 0:0
1000000000"
assert_equal "$(file it /seen)" "/looks 755 9:9
/looks/t 2750 0:0
/looks/t/f 644 0:0
/links/f 4711 7:7 1000000500 2
/links/g 4711 7:7 1000000500 2
f"
assert_equal "$(file it /content)" $'f\nf\nf\nf\nxxf\ng'
assert_fails_with 125 builder build -f - context <<<$'FROM base\nADD out.tar /deep/er/'
assert_contains "$output" "leads out of the archive"
assert_fails_with 125 builder build -f - context <<<$'FROM base\nADD folder.tar /x/'
assert_contains "$output" "which is a folder"
# A stream that is cut off is no archive with something behind it.
head -c 1000000 /dev/urandom >tree/t/big && tar -C tree -czf whole.tgz t && head -c 900000 whole.tgz >context/cut.tgz
assert_fails_with 125 builder build -f - context <<<$'FROM base\nADD cut.tgz /x/'
assert_contains "$output" "cut off"
