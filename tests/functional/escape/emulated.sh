# In an emulated container nothing leads past the process that carries the calls out: no path, link, folder that was given,
# nothing that another thread changes meanwhile (the kernel's own warning in seccomp_unotify(2)), no call of another kind.
source "$(dirname "$0")/../library.sh"
needs g++
make_base
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
a_locked_down_place
mkdir context outside && chmod 755 outside
echo FLAG >outside/flag
g++ -static -O0 -w -pthread -o context/probe "$tests/escape/emulated_probe.cpp"
g++ -static -O0 -w -o context/calls "$tests/escape/probe.cpp"
g++ -static -x c++ -o outside/program - <<<'#include <cstdio>
int main() { std::puts("WORKED: a program of the machine"); }'
"$python" - "$place/outside/socket" <<'PROGRAM' &
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
listener.listen()
listener.accept()
open(sys.argv[1] + '.reached', 'w')
PROGRAM
server=$!
wait_until 20 test -S outside/socket || fail "there is no socket to try"
things=$(grep -o 'what == "[a-z0-9-]*"' "$tests/escape/probe.cpp" | cut -d'"' -f2)
locked_down build -q -t it -f - context >/dev/null <<CONTAINERFILE 2>log || fail "$(cat log)"
FROM oci-archive:$place/base.tar
COPY probe calls /
RUN for thing in $(echo $things); do /calls \$thing || echo \$thing >>/worked; done; test ! -e /worked || { cat /worked; exit 1; }
CONTAINERFILE
container=$(locked_down from it 2>/dev/null)
locked_down run "$container" -- /probe "$place/outside" <outside >tried 2>&1 || fail "$(cat tried)"
assert_contains "$(cat tried)" "tried all"
assert_lacks "$(cat tried)" "WORKED"
[[ ! -e outside/socket.reached ]] || fail "the socket of the machine was reached"
assert_equal "$(ls outside | tr '\n' ' ')" "flag program socket " "what is outside"
