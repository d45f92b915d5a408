# --output writes the files: into a folder, into a tar, to standard output.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base AS maker\nRUN echo text >/out && chown 7:8 /out && chmod 4750 /out\nFROM scratch\nCOPY --from=maker /out /dir/out\n' >Containerfile
expected='-rwsr-x--- 7/8 5 dir/out'
listing() { tar --numeric-owner -tvf "$1" | grep -v /$ | awk '{ print $1, $2, $3, $6 }'; }
builder build -q -o type=local,dest=folder . >id
assert_equal "$(cat folder/dir/out) $(stat -c '%u:%g %a' folder/dir/out)" "text 7:8 4750"
builder build -q --output type=tar,dest=out.tar . >/dev/null
assert_equal "$(listing out.tar)" "$expected"
builder build --output - . 2>log >stdout.tar
assert_equal "$(listing stdout.tar)" "$expected"
assert_contains "$(cat log)" "STEP 1"
assert_fails_with 125 builder build -o type=floppy,dest=x .
assert_equal "$(builder inspect --type image --format '{{.FromImageID}}' "$(cat id)")" "$(cat id)" "the image, which is made as well"
