# A program that has a file of the context mapped can change it without its times telling: that does not get into the cache
# under the digest of what was there before, by COPY, by ADD of an archive and by a mount.
. "$(dirname "$0")/../library.sh"
make_base
# In memory nothing is ever written out, so that the times tell of the first write only.
mkdir context
mount -t tmpfs none context 2>/dev/null || skip "no tmpfs can be mounted here"
before_exit() {
    exec 9>&- # ends the one that has a file of it mapped
    [[ -z ${mapper:-} ]] || wait "$mapper"
    umount "$place/context"
}
cat >mapped.py <<'PROGRAM'
# Changes the first bytes of a file by a mapping at each line of its standard input.
import mmap, os, sys
path = sys.argv[1]
descriptor = os.open(path, os.O_RDWR)
mapping = mmap.mmap(descriptor, 0)
os.close(descriptor)
mapping[0:4] = mapping[0:4]  # the page can be written to from here on
print('mapped', flush=True)
for line in sys.stdin:
    before = os.stat(path)
    mapping[0:4] = line.strip().encode()
    after = os.stat(path)
    print('silent' if before.st_ctime_ns == after.st_ctime_ns else 'told', flush=True)
PROGRAM
is_older_than() { (($(date +%s) > $1 + 1)); } # SECONDS
has_lines() { (($(wc -l <changes) == $1)); }
# change TEXT: by the mapping.
change() {
    local lines
    lines=$(wc -l <changes)
    echo "$1" >&9
    wait_until 10 has_lines $((lines + 1)) || fail "the mapping did not change"
    assert_equal "$(tail -1 changes)" silent "whether a write by the mapping can be seen"
}
printf 'GOOD and more' >context/file
mkfifo orders
: >changes
"$python" -u mapped.py context/file <orders >>changes &
mapper=$!
exec 9>orders
wait_until 10 has_lines 1 || fail "the file was not mapped"
wait_until 5 is_older_than "$(stat -c %Z context/file)" || fail "the clock stands still"
printf 'FROM base\nCOPY file /file\n' >copy
printf 'FROM base\nRUN --mount=type=bind,target=/c cat /c/file >/file\n' >mount
for kind in copy mount; do
    builder build -q -t it -f $kind context >/dev/null
    assert_equal "$(file it /file)" "GOOD and more" $kind
    change EVIL
    builder build -q -t it -f $kind context >/dev/null
    assert_equal "$(file it /file)" "EVIL and more" "$kind after a change that nothing told"
    change GOOD
done
# Changed and put back while the step runs.
mkdir meet && mkfifo meet/begun meet/go
cat >mount <<'CONTAINERFILE'
FROM base
RUN --mount=type=bind,target=/c echo x >/m/begun && read go </m/go && cat /c/file >/seen
CONTAINERFILE
builder build -q -t it -v "$place/meet:/m" -f mount context >log 2>&1 &
build=$!
read -r _ <meet/begun
change EVIL
echo go >meet/go
wait "$build" || fail "$(cat log)"
change GOOD
assert_equal "$(file it /seen)" "EVIL and more" "the mount was not changed in time"
assert_contains "$(cat log)" "the cache does not keep this step"
exec 9>&-
wait $mapper
mapper=
builder build -q -t again -v "$place/meet:/m" -f mount context >log 2>&1 &
build=$!
wait_until 20 timeout 1 cat meet/begun >/dev/null || fail "the step was taken from the cache: $(cat log)"
echo go >meet/go
wait "$build" || fail "$(cat log)"
assert_equal "$(file again /seen)" "GOOD and more"
# Once nobody has it open for writing, its digest is remembered.
builder build -q -t it -f copy context >/dev/null
