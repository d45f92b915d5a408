# On a full disk a build ends with a clear error; after freeing room the same store works.
. "$(dirname "$0")/../library.sh"
# The mount goes with the namespace, whatever happens to the test.
[[ ${INSIDE:-} ]] || { needs_root; needs unshare; trap - EXIT; cd /; rm -rf "$place"; INSIDE=1 exec unshare --mount bash "$tests/bad_input/full_disk.sh"; }
mkdir store && mount -t tmpfs -o size=24m tmpfs store
mounts_left() { grep -F "$place" /proc/self/mountinfo | grep -v "$place/store " || true; }
make_base
assert_fails_with 1 builder build -t it -f - . <<<$'FROM base\nRUN head -c 60000000 /dev/zero >/big'
head -c 60000000 /dev/zero >big
assert_refused -f - . <<<$'FROM base\nCOPY big /big'
assert_contains "$output" "no space left on device"
assert_contains "$output" "standard input:2"
rm big
head -c 100000000 /dev/zero >store/filler 2>/dev/null || true
assert_refused -f - . <<<$'FROM base\nCOPY . /x'
rm store/filler
build_empty <<<$'FROM base\nRUN echo works >/file'
assert_equal "$(file it /file)" works
