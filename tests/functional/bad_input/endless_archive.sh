# An archive that claims an absurd size is refused, and takes no room.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
"$python" - <<'PROGRAM'
import tarfile
header = tarfile.TarInfo('huge')
header.size = 1 << 60
open('context/huge.tar', 'wb').write(header.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
PROGRAM
assert_refused -f - context <<<$'FROM base\nADD huge.tar /x/'
assert_contains "$output" "huge"
assert_contains "$output" "standard input:2"
(($(du -sm store | cut -f1) < 50)) || fail "it took room: $(du -sm store)"
