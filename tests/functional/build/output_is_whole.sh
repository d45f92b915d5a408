# What steps print is shown as it is, whole, in lines that say whose they are; in time that is linear in the bytes.
. "$(dirname "$0")/../library.sh"
needs script
make_base
mkdir empty
screen() { # FILE: what is left of a terminal's text once its controls are carried out, line by line
    "$python" - "$1" <<'PROGRAM'
import re, sys
text = open(sys.argv[1], 'rb').read().decode(errors='surrogateescape').replace('\r\n', '\n')
text = re.sub(r'\x1b\[[0-9;]*m', '', text)
for line in text.split('\n'):
    cells = []
    at = 0
    for part in re.split(r'(\r|\x1b\[K)', line):
        if part == '\r':
            at = 0
        elif part == '\x1b[K':
            del cells[at:]
        else:
            cells[at:at + len(part)] = part
            at += len(part)
    print(''.join(cells))
PROGRAM
}
on_terminal() { # FILE ARGUMENTS...: what a build prints on a terminal
    local file=$1
    shift
    script -qec "stty cols ${columns:-100}; TERM=xterm '$program' --root '$place/store' --runroot '$place/run' build --no-cache --progress tty $*" /dev/null </dev/null >"$file"
}

# A last line without an end stays a line, in every form, with one stage and with several.
printf 'FROM base\nRUN printf "no end"\nRUN printf "second"; exit 3\n' >one
printf 'FROM base AS a\nRUN printf "no end"\nFROM a AS b\nRUN printf "second"; exit 3\n' >two
for file in one two; do
    prefix_a= prefix_b=
    [[ $file == one ]] || prefix_a="[a] " prefix_b="[b] "
    for form in plain tty; do
        if [[ $form == plain ]]; then
            builder build --no-cache --progress plain -f $file empty >log 2>&1 && fail "it did not fail"
        else
            on_terminal raw -f $file empty && fail "it did not fail"
            screen raw >log
        fi
        assert_line "$(cat log)" "${prefix_a}no end"
        assert_line "$(cat log)" "${prefix_b}second"
        grep -q "^${prefix_b//[/\\[}--> failed" log || fail "$file $form: $(cat -A log)"
    done
done

# Dots that come slowly are seen while they come, and are not written over; a carriage return brings the prefix back.
printf 'FROM base AS a\nRUN for i in 1 2 3 4 5 6 7 8; do printf .; sleep 0.1; done; echo end; for i in 1 2 3; do printf "\\rat $i"; sleep 0.3; done\nFROM a\n' >dots
on_terminal raw -f dots empty || fail "$(cat raw)"
screen raw >log
assert_line "$(cat log)" "[a] ........end"
assert_line "$(cat log)" "[a] at 3"
sed 's/FROM base AS a/FROM base/; $d' dots >dots-of-one
on_terminal raw -f dots-of-one empty || fail "$(cat raw)"
screen raw >log
assert_line "$(cat log)" "........end"
assert_line "$(cat log)" "at 3"
# The live line cuts no character.
long=$(printf 'ü€漢%.0s' {1..40})
printf 'FROM base\nRUN : %s; sleep 1\n' "$long" >names
for columns in 41 42 43 44; do
    columns=$columns on_terminal raw -f names empty
    grep -aq 'ü€.*…' raw || fail "no live line was seen"
    "$python" -c 'import sys; open(sys.argv[1], "rb").read().decode()' raw || fail "a character is cut"
done

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
builder build --no-cache --progress=plain --log-limit 8 -f limited empty >log
assert_line "$(cat log)" "[a] 01234567"
assert_line "$(cat log)" "[a] … 6 more bytes of output were left out (--log-limit 8)"
assert_line "$(cat log)" "[b] short"
builder build --no-cache --progress=plain -f limited empty >log
assert_line "$(cat log)" "[a] 0123456789abc"
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
