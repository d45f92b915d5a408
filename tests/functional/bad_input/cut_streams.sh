# Streams that are cut off end at once with an error and leave nothing locked, as layers, for ADD and as a context, whatever packed them
# (CVE-2021-20291, CVE-2021-29482); of a context that is cut off nothing is read or written through a link (CVE-2026-44517).
. "$(dirname "$0")/../library.sh"
make_base
mkdir context parts && head -c 200000 /dev/urandom >parts/noise
timed() { timeout 20 "$program" --root "$place/store" --runroot "$place/run" "$@"; }
for packing in gzip bzip2 xz zstd; do
    command -v $packing >/dev/null || continue
    tar -cf - -C parts noise | $packing -c >whole
    bytes=$(stat -c %s whole)
    for tenth in 1 4 7 9; do
        head -c $((bytes * tenth / 10)) whole >context/archive.tar
        rm -rf image && "$python" "$tests/hostile_archives.py" --image context/archive.tar image
        assert_fails_with 125 timed pull -q oci:image
        # Where not even one header can be unpacked, it is no archive but a file.
        status=0
        timed build -q --no-cache -t it -f - context >log 2>&1 <<<$'FROM base\nADD archive.tar /x/' || status=$?
        ((status == 125)) || assert_line "$(layer it)" "x/archive.tar file 0644 0:0 $((bytes * tenth / 10))"
        assert_fails_with 125 timed build -q - <context/archive.tar
    done
done
timed images -q >/dev/null
ln -s "$place/victim" parts/Dockerfile && tar -cf context.tar -C parts Dockerfile noise
assert_fails_with 125 timed build -q - <context.tar
assert_contains "$output" "cannot find Containerfile or Dockerfile"
head -c 5000 context.tar >cut.tar
assert_fails_with 125 timed build -q - <cut.tar
assert_contains "$output" "Truncated"
[[ ! -e victim ]] || fail "the file that the link names was made"
