# What is given as a Containerfile and is none: an error that says what it is, of a length that a person reads.
. "$(dirname "$0")/../library.sh"
mkdir empty
refused() { # FILE WORDS
    assert_refused -f "$1" empty
    assert_contains "$output" "$2"
    ((${#output} < 8000)) || fail "the error for $1 has ${#output} bytes"
}
refused /bin/ls "has a NUL byte"
text=$'FROM scratch\nLABEL a=b\n'
for encoding in UTF-16 UTF-16LE UTF-16BE; do
    "$python" -c 'import sys; sys.stdout.buffer.write(sys.argv[1].encode(sys.argv[2]))' "$text" "$encoding" >wide
    refused wide "is in UTF-16"
done
printf '\n<!DOCTYPE html>\n<html><body>not found</body></html>\n' >page
refused page "is an HTML page"
printf 'FROM scratch\nRUN echo a\0b\n' >zero
refused zero "has a NUL byte in line 2"
# Long lines, and many of them.
"$python" -c 'for _ in range(400): print("NOTHING" + "\x01" * 2000)' >long
refused long "unknown instruction"
assert_contains "$output" "more errors"
"$python" -c 'print("FROM scratch\nCOPY " + "x" * 60000 + " /")' >name
refused name "bytes …"
# A mark of UTF-8 is none of this.
printf '\xef\xbb\xbfFROM scratch\nLABEL a=b\n' >marked
builder build -q -f marked empty >/dev/null
