# A push to a folder that is killed leaves a blob that is not finished; the next push there removes it.
source "$(dirname "$0")/../library.sh"
needs_root
head -c 300M /dev/urandom >random
printf 'FROM scratch\nCOPY random /\n' | builder build -q -t big -f - . >/dev/null
rm random
printf 'FROM scratch\nCOPY small /\n' >Containerfile
echo small >small
builder build -q -t small . >/dev/null

unfinished() { find "$1" -type f \( -name '.*' -o -name '*.tmp' \) ! -size 0; }
has_begun() { [[ -n $(unfinished "$1") ]]; }
for transport in oci dir; do
    folder=$place/$transport.out
    mkdir "$folder"
    builder push -q big "$transport:$folder" &
    push=$!
    wait_until 20 has_begun "$folder" || fail "$transport: the push did not begin"
    # The program itself, which the shell's function stands above.
    kill -KILL "$(pgrep --parent "$push")"
    ! wait "$push" 2>/dev/null || fail "$transport: the push was not killed"
    wait_until 10 no_process_left || fail "$transport: it is not dead"
    [[ -n $(unfinished "$folder") ]] || fail "$transport: the kill left nothing: this test shows nothing"
    builder push -q small "$transport:$folder"
    assert_equal "$(unfinished "$folder")" "" "$transport: what is left"
done

# A living push loses nothing to others.
mkdir beside
builder push -q big oci:beside:big &
push=$!
wait_until 20 has_begun beside || fail "the push did not begin"
builder push -q small oci:beside:small
[[ -n $(unfinished beside) ]] || fail "the big push was done too early: this test shows nothing"
wait "$push" || fail "the push beside the other failed"

# A push to dir: that was killed before the folder said what it is, and one that was killed while an earlier image went.
mkdir begun
touch begun/.version.builder-abcdef
builder push -q small dir:begun
strace -f -o calls -e trace=unlinkat,rename,renameat,renameat2 "$program" --root "$place/store" --runroot "$place/run" push -q small dir:begun
grep -F '"version"' calls | head -1 | grep -q unlinkat || fail "the earlier image was not removed: $(cat calls)"
removed=$(grep unlinkat calls | grep -v -F .builder- | grep -oE '"(version|manifest.json|[0-9a-f]{64})"' | sed '/version/q')
assert_equal "$(tail -1 <<<"$removed")" '"version"' "the last that is removed"
((($(wc -l <<<"$removed")) > 2)) || fail "only this was removed before: $removed"
