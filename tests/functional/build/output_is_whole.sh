# What steps print is shown as it is, whole, in lines that say whose they are; in time that is linear in the bytes.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
# Each line has its stage, step and the seconds since the step began.
untimed() { sed -E 's/^(\[([a-z] )?[0-9]\/[0-9]\]) [0-9]+\.[0-9]{2} /\1 T /'; }
# A last line without an end stays a line, in every form, with one stage and with several.
printf 'FROM base\nRUN printf "no end"\nRUN printf "second"; exit 3\n' >one
printf 'FROM base AS a\nRUN printf "no end"\nFROM a AS b\nRUN printf "second"; exit 3\n' >two
for file in one two; do
    prefix_a="[2/3] T " prefix_b="[3/3] T " failed=
    [[ $file == one ]] || prefix_a="[a 2/2] T " prefix_b="[b 2/2] T " failed="[b] "
    for form in plain tty; do
        # tty on anything but a terminal are the lines of plain, in colours.
        builder build --no-cache --progress $form -f $file empty 2>&1 >raw && fail "it did not fail"
        sed 's/\x1b\[[0-9]*m//g' raw | untimed >log
        assert_line "$(cat log)" "${prefix_a}no end"
        assert_line "$(cat log)" "${prefix_b}second"
        assert_line "$(cat log)" "${failed}--> failed"
    done
done

long=$(printf 'ü€漢%.0s' {1..40})
# JSON has each character whole, however the output is cut into pieces.
printf 'FROM base\nRUN i=0; while [ $i -lt 300 ]; do printf "%%s" "%s"; i=$((i+1)); done\n' "$long" >wide
builder build --no-cache --progress json -f wide empty | jq -j 'select(.event == "step_output") | .text' >out
assert_equal "$(sha256sum <out)" "$(for ((i = 0; i < 300; i++)); do printf %s "$long"; done | sha256sum)"

# Much output, in any form: all of it, and fast. yes makes lines, dd one line without an end.
size=$((32 * 1024 * 1024))
lines() { printf 'FROM base%s\nRUN yes | head -c %s\n' "$1" $size; }
blob() { printf 'FROM base%s\nRUN head -c %s /dev/zero | tr "\\0" x\n' "$1" $size; }
count() { tr -cd "$1" <out | wc -c; }
lines "" >lines-of-one
{ lines " AS a"; printf 'FROM a\nRUN true\n'; } >lines-of-two
blob "" >blob-of-one
{ blob " AS a"; printf 'FROM a\nRUN true\n'; } >blob-of-two
printf 'a long secret' >secret
for file in lines-of-one lines-of-two blob-of-one blob-of-two; do
    for flags in "--progress plain" "--progress json" "--progress tty" "--secret id=s,src=secret"; do
        begin=$(date +%s%N)
        builder build --no-cache $flags -f $file empty >out
        took=$((($(date +%s%N) - begin) / 1000000))
        case $file in
        lines*) (($(count y) >= size / 2)) || fail "$file $flags: lines are missing" ;;
        *) (($(count x) >= size)) || fail "$file $flags: of $size bytes $(count x) came" ;;
        esac
        # A third of 100 MB in 2 s, on a machine that others use: what is not linear takes minutes.
        ((took < 10000)) || fail "$file $flags took $took ms"
    done
done

# Only with --log-limit something is left out, and is told, for each step.
printf 'FROM base AS a\nRUN printf 0123456789; echo abc >&2\nFROM a AS b\nRUN echo short\n' >limited
builder build --no-cache --progress=plain --log-limit 8 -f limited empty | untimed >log
assert_line "$(cat log)" "[a 2/2] T 01234567"
assert_line "$(cat log)" "[a 2/2] T … 6 more bytes of output were left out (--log-limit 8)"
assert_line "$(cat log)" "[b 2/2] T short"
builder build --no-cache --progress=plain -f limited empty | untimed >log
assert_line "$(cat log)" "[a 2/2] T 0123456789abc"
# A pipe that takes no more for now loses nothing.
"$python" - "$program" --root "$place/store" --runroot "$place/run" build --no-cache -f lines-of-one empty >out <<'PROGRAM'
import os, subprocess, sys, time
read, write = os.pipe()
os.set_blocking(write, False)
build = subprocess.Popen(sys.argv[1:], stdout=write)
os.close(write)
with os.fdopen(read, 'rb') as pipe:
    while chunk := pipe.read(1 << 20):
        sys.stdout.buffer.write(chunk)
sys.exit(build.wait())
PROGRAM
(($(count y) >= size / 2)) || fail "lines are missing of a pipe that does not block"
