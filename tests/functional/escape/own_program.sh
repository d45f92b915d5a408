# An image whose dynamic loader takes over the program that it is started for gets no hold of builder's own program or of
# another one of the machine, by any way to name it (CVE-2019-5736): a step, a script, a shell that is a link, and `builder run`.
. "$(dirname "$0")/../library.sh"
needs gcc readelf
make_base
cp "$program" taken && chmod 755 taken
before=$(stat -c '%u %g %a' taken)
taken() { "$place/taken" --root "$place/store" --runroot "$place/run" "$@"; }
assert_untouched() {
    assert_equal "$(stat -c '%u %g %a' taken)" "$before" "owner and mode of the program after $1"
    assert_equal "$(getfattr --absolute-names -d taken)" "" "attributes of the program after $1"
}
# shellcheck disable=SC2086 # flags are words
loader=$(readelf -l "$program" | sed -n 's/.*interpreter: \(.*\)]/\1/p')
[[ -n $loader ]] || skip "the program needs no loader"
mkdir context
gcc -O1 -nostdlib -static -fno-stack-protector -o context/loader "$tests/escape/loader.c"
echo 'int main(void) { return 0; }' | gcc -x c -o context/dynamic -
printf 'FROM base\nCOPY loader %s\nCOPY dynamic /dynamic\n' "$loader" >Containerfile
taken build -q -t evil -f Containerfile context >/dev/null
# That it would work: the loader of the image is what runs for any dynamic program.
output=$(taken build --no-cache -f - context 2>&1 <<<$'FROM evil\nRUN ["/dynamic"]')
assert_contains "$output" "loader-ran-for /dynamic"
builder push -q evil oci-archive:evil.tar:evil
vfs="--storage-driver vfs --root $place/vfs"
builder $vfs tag "$(builder $vfs pull -q oci-archive:evil.tar)" evil
links=$'RUN ln -s /proc/self/exe /link && printf "#!/proc/self/exe\\n" >/script && chmod 755 /script && echo prepared-$((6 * 7))\n'
for flags in "--isolation oci" "--isolation chroot" "--isolation oci $vfs"; do
    for command in '["/proc/self/exe"]' '["/proc/thread-self/exe"]' '["/link"]' '["/script"]' 'echo hello'; do
        shell=""
        [[ $command != echo* ]] || shell=$'RUN ["/bin/busybox", "ln", "-sf", "/proc/self/exe", "/bin/sh"]\n'
        status=0
        output=$(taken build --no-cache $flags -f - context 2>&1 <<<$'FROM evil\n'"$links${shell}RUN $command") || status=$?
        assert_contains "$output" "prepared-42" "$flags $command"
        assert_lacks "$output" "loader-ran-for" "$flags $command"
        ((status != 0)) || fail "$flags: RUN $command did not fail: $output"
        assert_untouched "$flags RUN $command"
    done
done
container=$(taken from evil)
for command in /proc/self/exe /proc/self/../self/exe; do
    assert_fails_with 1 taken run "$container" -- "$command"
    assert_contains "$output" "cannot execute '$command' in the container"
    assert_lacks "$output" "loader-ran-for" "run $command"
    assert_untouched "run $command"
done
