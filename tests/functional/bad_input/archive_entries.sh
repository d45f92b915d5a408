# Each way to name an entry of an archive, as a layer, for ADD and as a context: the root is never replaced, nothing is written, linked,
# or given a mode outside (CVE-2021-29136, CVE-2026-33056, CVE-2026-39822, CVE-2025-22873); what honest images have is unpacked.
. "$(dirname "$0")/../library.sh"
needs_root
make_base
mkdir context victim archives && echo keep >victim/file && chmod 600 victim/file && chmod 700 victim
"$python" - "$place/victim" <<'PROGRAM'
import io, sys, tarfile
LINK, HARD, FILE, FOLDER, FIFO, DEVICE = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)
victim = sys.argv[1]
def archive(name, *entries):
    with tarfile.open(f'archives/{name}.tar', 'w') as tar:
        for path, kind, *target in entries:
            info = tarfile.TarInfo()
            info.name, info.type, info.linkname, info.mode, info.devmajor, info.devminor = path, kind, ''.join(target), 0o777, 1, 5
            content = b'evil' if kind == FILE and not path.endswith('/') else b''
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
for number, name in enumerate(('.', '/', './', '//', '..', '../', 'a/../../')):
    archive(f'root-{number}-link', (name, LINK, victim), ('planted', FILE))
    archive(f'root-{number}-hard', ('ok', FILE), (name, HARD, 'ok'), ('planted', FILE))
archive('root-0-file', ('.', FILE), ('ok', FILE))
for number, name in enumerate(('.wh..', '.wh...', '.wh.', 'a/.wh.b/c')):
    archive(f'deletion-{number}', (name, FILE), ('ok', FILE))
archive('good-folder-behind-link', ('d', LINK, victim), ('d', FOLDER), ('d/planted', FILE))
archive('good-folder-behind-link-slash', ('d', LINK, victim), ('d/', FOLDER), ('d/planted', FILE))
archive('good-file-behind-link', ('d', LINK, victim + '/file'), ('d', FILE))
archive('good-fifo-behind-link', ('d', LINK, victim), ('d/pipe', FIFO), ('e', LINK, victim + '/file'), ('e', FIFO))
archive('good-hard-link-behind-link', ('ok', FILE), ('d', LINK, victim), ('d/planted', HARD, 'ok'), ('d/again', HARD, '/ok'))
archive('good-var-run', ('run', FOLDER), ('var', FOLDER), ('var/run', LINK, '/run'), ('var/run/pid', FILE), ('hard', HARD, '/run/pid'))
archive('long-256', ('n' * 256, FILE))
archive('long-6000', ('a/' * 3000 + 'b', FILE))
archive('first', ('d', LINK, victim))
archive('second', ('d/planted', FILE))
PROGRAM
looks() { stat -c '%n %a %u %h %s %Y' victim victim/*; }
before=$(looks)
tried=0
for tar in archives/*.tar; do
    name=$(basename "$tar" .tar)
    cp "$tar" context/archive.tar
    wanted=125
    [[ $name != good-* && $name != first && $name != second ]] || wanted=0
    rm -rf image && "$python" "$tests/hostile_archives.py" --image "$tar" image
    status=0
    timeout 60 "$program" --root "$place/store" --runroot "$place/run" pull -q oci:image >log 2>&1 || status=$?
    assert_equal "$status" "$wanted" "$name as a layer: $(cat log)"
    status=0
    timeout 60 "$program" --root "$place/store" --runroot "$place/run" build -q --no-cache -t it -f - context >log 2>&1 <<<$'FROM base\nADD archive.tar /x/' || status=$?
    ((status == 125 || status == 0)) || fail "$name for ADD: $status, $(cat log)"
    ((status != 0)) || assert_lacks "$(layer it | grep -v '^x')" planted "$name beside the destination"
    status=0
    timeout 60 "$program" --root "$place/store" --runroot "$place/run" build -q - <"$tar" >log 2>&1 || status=$?
    assert_equal "$status" 125 "$name as a context (it has no Containerfile)"
    assert_equal "$(looks)" "$before" "what lies outside, after $name"
    tried=$((tried + 1))
done
((tried > 25)) || fail "only $tried archives were tried"
cp archives/first.tar archives/second.tar context/
assert_fails_with 125 builder build --no-cache -f - context <<<$'FROM base\nADD first.tar /x/\nADD second.tar /x/'
assert_contains "$output" "which is no folder"
assert_equal "$(looks)" "$before" "what lies outside, after two archives to one folder"
cp archives/good-var-run.tar context/archive.tar
build --no-cache context <<<$'FROM base\nADD archive.tar /x/\nRUN test "$(cat /x/run/pid /x/hard)" = evilevil'
