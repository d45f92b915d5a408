# What is removed is removed after its row is durably gone: the log of the database is flushed before the first folder goes.
. "$(dirname "$0")/../library.sh"
needs strace
make_base
# flushed_first COMMAND...: fdatasync of the database's log comes before any removal below layers/ and blobs/.
flushed_first() {
    strace -f -qq -y -o trace -e trace=fdatasync,fsync,rename,renameat2,unlinkat,rmdir,unlink \
        "$program" --root "$place/store" --runroot "$place/run" "$@" >/dev/null 2>&1 || fail "$* failed"
    "$python" - trace "$place/store" <<'PROGRAM' || fail "$*: see above"
import re, sys
flushed, removed = None, None
for number, line in enumerate(open(sys.argv[1])):
    if re.search(r'f(data)?sync\(.*store\.db-wal', line):
        flushed = flushed if flushed is not None else number
    elif re.search(r'(unlinkat\(\d+<|rename\(")' + re.escape(sys.argv[2]) + '/(layers|blobs)[/>"]', line) and ' = 0' in line:
        removed = removed if removed is not None else number
if removed is None: sys.exit('nothing was removed')
if flushed is None or flushed > removed: sys.exit(f'removed in line {removed}, flushed in line {flushed}')
PROGRAM
}
builder from -q --name C base >/dev/null
builder run C -- sh -c 'echo precious >/p'
flushed_first rm C
build_empty --timestamp 0 <<<$'FROM base\nRUN echo content >/file'
builder from -q --name D it >/dev/null
builder run D -- sh -c 'echo content >/other'
builder commit -q D >/dev/null
builder run D -- sh -c 'echo more >/other'
flushed_first commit -q D
builder rm D >/dev/null
flushed_first prune -a
