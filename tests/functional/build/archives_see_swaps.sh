# What is taken under a digest is what was digested, though somebody swaps it between the scan and the use and puts size and time
# back: an archive that ADD unpacks, what a cache mount begins with, a mount of a part of the context, xattrs of folders.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/d texts
truncate -s 100M context/d/zeros # digested after the file and before anything is copied
for word in GOOD EVIL; do
    echo $word >texts/file
    tar -C texts -cf $word.tar file
done
cat >swap.py <<'PROGRAM'
import ctypes, os, sys
path, other = sys.argv[1:]
evil = open(other, 'rb').read()
libc = ctypes.CDLL(None)
watch = libc.inotify_init()
libc.inotify_add_watch(watch, path.encode(), 0x10)  # IN_CLOSE_NOWRITE
before = os.stat(path)
print('ready', flush=True)
os.read(watch, 4096)  # the scan
with open(path, 'r+b') as file:
    file.write(evil)
os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
print('swapped', flush=True)
PROGRAM
is_older_than() { (($(date +%s) > $1 + 1)); } # SECONDS
# builds_swapped FILE EVIL BUILD-ARGUMENTS...: the build meets a file that is swapped after its scan. Status as the build's.
builds_swapped() {
    local file=$1 evil=$2 status=0 swapper
    shift 2
    : >swaps
    timeout 60 "$python" swap.py "$file" "$evil" >>swaps &
    swapper=$!
    wait_until 20 grep -q ready swaps || fail "nothing watches the file"
    if [[ $age == old ]]; then wait_until 5 is_older_than "$(stat -c %Z "$file")" || fail "the clock stands still"; fi
    builder build -q "$@" >log 2>&1 || status=$?
    wait $swapper || fail "nobody read the file ($?): $(cat log swaps)"
    grep -q swapped swaps || fail "the file was not swapped"
    return $status
}
good() { cp "$1" "context/d/$2" && touch -d 2020-01-01 "context/d/$2"; }
for age in old young; do
    # ADD unpacks an archive.
    good GOOD.tar archive
    printf 'FROM base\nADD d/archive d/zeros /%s/\n' $age >Containerfile
    if builds_swapped context/d/archive EVIL.tar -t first -f Containerfile context; then
        assert_equal "$(file first /$age/file)" GOOD "an archive that was swapped too late, $age"
    else
        assert_contains "$(cat log)" "changed while it was being copied"
    fi
    good GOOD.tar archive
    builder build -q -t second -f Containerfile context >/dev/null
    assert_equal "$(file second /$age/file)" GOOD "the archive that the cache has, $age"
    rm context/d/archive
    # A cache mount begins with a part of a context.
    good texts/file it && printf GOOD >context/d/it && touch -d 2020-01-01 context/d/it && printf EVIL >evil
    printf 'FROM base\nRUN --mount=type=cache,id=%s,from=other,source=d,target=/c cat /c/it >/seen\n' $age >Containerfile
    mkdir -p empty
    builds_swapped context/d/it evil -t first -f Containerfile --build-context other=context empty ||
        assert_contains "$(cat log)" "changed while it was being copied"
    printf GOOD >context/d/it && touch -d 2020-01-01 context/d/it
    builder build --no-cache -q -t second -f Containerfile --build-context other=context empty >/dev/null
    assert_equal "$(file second /seen)" GOOD "what the cache mount has, $age"
    # A mount of what an ignore file leaves is a copy.
    printf 'zeros-of-another\n' >context/.dockerignore
    printf 'FROM base\nRUN --mount=type=bind,target=/c cat /c/d/it >/seen-%s\n' $age >Containerfile
    builds_swapped context/d/it evil -t first -f Containerfile context || fail "$(cat log)"
    printf GOOD >context/d/it && touch -d 2020-01-01 context/d/it
    builder build -q -t second -f Containerfile context >/dev/null
    assert_equal "$(file second /seen-$age)" GOOD "what the cache has of a mount, $age"
    rm context/.dockerignore context/d/it
done
