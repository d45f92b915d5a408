# A file that is swapped between the moment when it is digested and that when it is copied, with size and time put back, does not
# get into the cache under the digest of the first; and what a bind mount of the context showed meanwhile neither.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/d
truncate -s 100M context/d/zeros # digested after the file and before anything is copied
cat >swap.py <<'PROGRAM'
import ctypes, os, struct, sys
path = sys.argv[1]
libc = ctypes.CDLL(None)
watch = libc.inotify_init()
libc.inotify_add_watch(watch, path.encode(), 0x10)  # IN_CLOSE_NOWRITE
before = os.stat(path)
print('ready', flush=True)
os.read(watch, 4096)  # the scan
with open(path, 'r+') as file:
    file.write('EVIL')
os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
print('swapped', flush=True)
PROGRAM
is_older_than() { (($(date +%s) > $1 + 1)); } # SECONDS
good() { printf GOOD >context/d/program && touch -d 2020-01-01 context/d/program; }
for age in old young; do
    good
    printf 'FROM base\nCOPY d /%s\n' $age >context/Containerfile
    : >swaps # not what the round before said
    timeout 20 "$python" swap.py context/d/program >>swaps &
    swapper=$!
    wait_until 20 grep -q ready swaps || fail "nothing watches the file"
    changed=$(stat -c %Z context/d/program)
    if [[ $age == old ]]; then wait_until 5 is_older_than "$changed" || fail "the clock stands still"; fi
    status=0
    builder build -q -t first context >log 2>&1 || status=$?
    wait "$swapper" || fail "nobody read the file ($?): $(cat log swaps)"
    grep -q swapped swaps || fail "the file was not swapped"
    ((status != 0)) && assert_contains "$(cat log)" "changed while it was being copied"
    good
    builder build -q -t second context >/dev/null
    assert_equal "$(file second /$age/program)" GOOD "what the cache has, $age"
done
# The mount: swapped and put back by the host while the step runs.
good
mkdir meet && mkfifo meet/begun meet/go
cat >Containerfile <<'CONTAINERFILE'
FROM base
RUN --mount=type=bind,target=/c echo x >/m/begun && read go </m/go && cat /c/d/program >/seen
CONTAINERFILE
builder build -q -t it -v "$place/meet:/m" -f Containerfile context >log 2>&1 &
build=$!
read -r _ <meet/begun
printf EVIL >context/d/program
echo go >meet/go
wait "$build" || fail "$(cat log)"
assert_equal "$(file it /seen)" EVIL "the mount was not swapped in time"
printf GOOD >context/d/program && touch -d 2020-01-01 context/d/program
builder build -q -t again -v "$place/meet:/m" -f Containerfile context >log 2>&1 &
build=$!
wait_until 20 timeout 1 cat meet/begun >/dev/null || fail "the step was taken from the cache: $(cat log)"
echo go >meet/go
wait "$build" || fail "$(cat log)"
assert_equal "$(file again /seen)" GOOD
