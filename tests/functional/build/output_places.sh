# What a build writes for its caller: what is no regular file is written into and stays, a regular one is replaced whole, and a
# link is followed only where the caller or root made it and it does not lead out of the context.
. "$(dirname "$0")/../library.sh"
needs_root
mkdir context dev out
echo text >context/file
printf 'FROM scratch\nCOPY file /\n' >context/Containerfile
build_into() { builder build -q "$@" context; } # FLAGS
id=$(build_into)

# A device, by every flag: one of the test's own.
mknod dev/null c 1 3
(: >dev/null) 2>error || skip "a device of one's own cannot be opened here: $(cat error)"
for flags in "--iidfile dev/null" "--iidfile-raw dev/null" "--metadata-file dev/null" "-o type=tar,dest=dev/null" "--logfile dev/null"; do
    build_into $flags >said || fail "$flags: $(cat said)"
    [[ -c dev/null ]] || fail "$flags replaced the device"
done
builder push -q "$id" oci-archive:dev/null >said || fail "push: $(cat said)"
builder push -q --digestfile dev/null "$id" oci-archive:out/image.tar >said || fail "push --digestfile: $(cat said)"
[[ -c dev/null ]] || fail "push replaced the device"

# What is open already is written to where it is; a FIFO gets all of it.
{ echo before && build_into --iidfile /dev/stdout && echo after; } >got
assert_equal "$(tr '\n' ' ' <got)" "before sha256:${id}after "
build_into --iidfile /dev/fd/9 9>got >quiet
assert_equal "$(cat got)" "sha256:${id#sha256:}"
mkfifo fifo
cat fifo >got & reader=$!
build_into -o type=tar,dest=fifo >quiet
wait "$reader"
assert_equal "$(tar -tf got)" "file"
[[ -p fifo ]] || fail "the FIFO was replaced"

# A regular file is another one afterwards, and nothing is left beside it; nothing that was planted there is followed.
echo old >out/id && exec 8<out/id
echo keep >victim
bash -c 'ln -s "$0/victim" "out/id.$$.tmp"; ln -s "$0/victim" "out/out.tar.$$.tmp"; exec "$@"' "$place" \
    "$program" --root "$place/store" --runroot "$place/run" build -q -o type=tar,dest=out/out.tar context >quiet
[[ -f out/out.tar && ! -L out/out.tar ]] || fail "there is no archive"
build_into --iidfile out/id >quiet
assert_equal "$(cat out/id) $(cat <&8)" "sha256:${id#sha256:} old"
assert_equal "$(cat victim)" keep
assert_equal "$(find out -name '.*builder-*')" ""
touch out/.id.builder-abcdef
build_into --iidfile out/id >quiet
[[ ! -e out/.id.builder-abcdef ]] || fail "what a kill left is still there"

# Links.
ln -s ../victim out/link && build_into --iidfile out/link >quiet
assert_equal "$(cat victim)" "sha256:${id#sha256:}"
[[ -L out/link ]] || fail "the link was replaced"
echo keep >victim
refused() { # FLAGS
    assert_fails_with 125 builder build -q "$@" context
    assert_equal "$(cat victim)" keep "$*"
}
ln -s ../victim context/leads-out && ln -s ../out context/folder && ln -s inside context/stays
for flags in "--iidfile context/leads-out" "--logfile context/leads-out" "-o type=tar,dest=context/leads-out" \
    "--metadata-file context/folder/new" "-o type=local,dest=context/folder"; do
    refused $flags && assert_contains "$output" "leads out of the build context"
done
[[ ! -e out/new && ! -e out/file ]] || fail "something was written outside the context"
build_into --iidfile context/stays >quiet
assert_equal "$(cat context/inside)" "sha256:${id#sha256:}"
ln -s ../victim out/theirs && chown -h 4711 out/theirs
refused --iidfile out/theirs && assert_contains "$output" "somebody else"
