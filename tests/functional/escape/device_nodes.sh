# A device node that comes with the files of an archive opens no device of the host, and none can be made.
# Without a device cgroup this is what Docker's CVE-2019-14271 and every "privileged by ADD" trick would need.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
"$python" - <<'PROGRAM'
import tarfile
with tarfile.open('context/devices.tar', 'w') as archive:
    for name, kind, major, minor in (('zero', tarfile.CHRTYPE, 1, 5), ('disk', tarfile.BLKTYPE, 254, 0)):
        entry = tarfile.TarInfo('devices/' + name)
        entry.type, entry.devmajor, entry.devminor, entry.mode = kind, major, minor, 0o666
        archive.addfile(entry)
PROGRAM
build context <<'CONTAINERFILE'
FROM base
ADD devices.tar /
RUN test -c /devices/zero && ! head -c 1 /devices/zero && ! head -c 1 /devices/disk
RUN cp -a /devices /copied && ! head -c 1 /copied/zero || test ! -e /copied/zero
RUN ! mknod /node c 1 5
RUN --mount=type=tmpfs,target=/t ! mknod /t/node c 1 5
RUN --mount=type=bind,from=base,target=/m,rw ! mknod /m/node c 1 5
CONTAINERFILE
build context <<<$'FROM base AS made\nADD devices.tar /\nFROM base\nRUN --mount=from=made,target=/m ! head -c 1 /m/devices/zero\nCOPY --from=made /devices /devices\nRUN ! head -c 1 /devices/zero'
