# A program that changes between the moment when an emulated container's supervisor reads it and that when the kernel executes it
# brings no loader of the machine into the container: what the kernel made of it is looked at, and ended.
. "$(dirname "$0")/../library.sh"
needs gcc
make_base
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
a_locked_down_place
mkdir context
gcc -O1 -nostdlib -static -fno-stack-protector -o loader "$tests/escape/loader.c"
chmod 755 loader
gcc -static -O1 -w -o context/racer "$tests/escape/exec_racer.c" -lpthread
# A program of two headers: what is executed, which exits with 7, and the name of a loader that only the machine has.
"$python" - "$place/loader" context/changing <<'PROGRAM'
import struct, sys
loader = sys.argv[1].encode() + b'\0'
code = bytes([0xbf, 7, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05])  # exit_group(7)
headers, base = 64 + 2 * 56, 0x400000
size = headers + len(code) + len(loader)
elf = b'\x7fELF' + bytes([2, 1, 1]) + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 62, 1, base + headers, 64, 0, 0, 64, 56, 2, 0, 0, 0)
loader_at = headers + len(code)
interpreter = struct.pack('<IIQQQQQQ', 0, 4, loader_at, base + loader_at, base + loader_at, len(loader), len(loader), 1)
load = struct.pack('<IIQQQQQQ', 1, 5, 0, base, base, size, size, 4096)
open(sys.argv[2], 'wb').write(elf + interpreter + load + code + loader)
PROGRAM
chmod 755 context/changing
# Outside both forms do what they should: 7, or the loader runs.
status=0
context/changing || status=$?
assert_equal "$status" 7 "the program without a loader"
cp context/changing with-loader
printf '\003' | dd of=with-loader bs=1 seek=64 conv=notrunc status=none
assert_contains "$(./with-loader || true)" "loader-ran-for"
locked_down build -q -t it -f - context >/dev/null 2>log <<CONTAINERFILE || fail "$(cat log)"
FROM oci-archive:$place/base.tar
COPY racer changing /
CONTAINERFILE
container=$(locked_down from it 2>/dev/null)
locked_down run "$container" -- /racer /changing 64 10 >out 2>&1 || fail "$(cat out)"
assert_contains "$(cat out)" "ran "
assert_lacks "$(cat out)" "loader-ran-for"
read -r _ ran _ _ _ killed _ < <(grep '^ran' out)
((ran > 0)) || fail "it never ran: $(cat out)"
((killed > 0)) || skip "nothing changed at the right moment: $(cat out)"
