# What the kernel does not execute: the hint names Windows line ends, a missing interpreter, the other machine.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
printf '#!/bin/sh\r\necho hello\r\n' >context/windows
printf '#!/usr/bin/nosuch -x\n' >context/interpreter
printf 'no program\n' >context/text
"$python" - context/arm <<'PROGRAM'
import struct, sys
# The head of an ELF file for AArch64 (ELF specification, Elf64_Ehdr), and nothing behind it.
head = b'\x7fELF' + bytes([2, 1, 1]) + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 183, 1, 0x400000, 64, 0, 0, 64, 56, 0, 0, 0, 0)
open(sys.argv[1], 'wb').write(head + bytes(300))
PROGRAM
chmod +x context/*
run() { printf 'FROM base\nCOPY . /x/\nWORKDIR /x\nRUN %s\n' "$1" | builder build -f - context; }
for form in '["/x/windows"]' './windows' '/x/windows with words'; do
    assert_fails_with $([[ $form == [* ]] && echo 1 || echo 127) run "$form"
    assert_contains "$output" "the script has Windows line ends (CRLF)" "$form"
done
for form in '["/x/interpreter"]' './interpreter'; do
    assert_fails_with $([[ $form == [* ]] && echo 1 || echo 127) run "$form"
    assert_contains "$output" "'/usr/bin/nosuch' in its first line is not in the image" "$form"
done
assert_fails_with 1 run '["/x/arm"]'
assert_contains "$output" "the program is for aarch64, and this machine is $(uname -m)"
assert_contains "$output" qemu
assert_fails_with 1 run '["/x/text"]'
assert_contains "$output" "a script needs a first line such as #!/bin/sh"
# A command that is not there at all gets none of these.
assert_fails_with 127 run './nosuch'
assert_lacks "$output" hint
