# FIFOs and links to devices in an image where files are expected: nothing waits, nothing is opened (CVE-2026-93320, CVE-2024-9676).
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo text >context/file
timed() { timeout 30 "$program" --root "$place/store" --runroot "$place/run" build --no-cache -t it -f - context; }
refused() { # CONTAINERFILE WORDS
    assert_fails_with 125 timed <<<"$1"
    assert_contains "$output" "$2"
}
refused $'FROM base\nRUN rm /etc/passwd && mkfifo /etc/passwd\nUSER alice\nRUN true' 'unknown user error looking up user "alice"'
refused $'FROM base\nRUN rm /etc/passwd && ln -s /dev/zero /etc/passwd\nUSER alice\nRUN true' 'unknown user error looking up user "alice"'
refused $'FROM base\nRUN rm /etc/group && mkfifo /etc/group\nCOPY --chown=0:makers file /x' 'unknown group error looking up group "makers"'
refused $'FROM base\nRUN mkfifo /pipe\nWORKDIR /pipe' "/pipe"
timed >log 2>&1 <<'CONTAINERFILE' || fail "$(cat log)"
FROM base
RUN mkfifo /one /two /three && ln -s /dev/full /four
COPY file /one
COPY <<X /two
text
X
ADD file /three
COPY file /four
RUN test -f /one -a -f /two -a -f /three && grep -q text /one /two /three
CONTAINERFILE
# A FIFO is copied as one, not read.
timed >log 2>&1 <<<$'FROM base AS source\nRUN mkdir /d && mkfifo /d/pipe\nFROM base\nCOPY --from=source /d /d\nRUN test -p /d/pipe' || fail "$(cat log)"
