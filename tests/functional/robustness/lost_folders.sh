# Layers whose folders somebody took away: a step runs again, a pull brings the files back. Blobs that no record names go.
. "$(dirname "$0")/../library.sh"
make_base
folder_of() { # IMAGE: of the topmost layer
    "$python" - "$place/store" "$(builder inspect "$1" | jq -r '.Config | fromjson | .rootfs.diff_ids[-1]')" <<'PROGRAM'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1] + '/store.db').execute('SELECT folder FROM layers WHERE diff_id = ?', (sys.argv[2],)).fetchone()[0])
PROGRAM
}
build_empty --timestamp 0 <<<$'FROM base\nRUN echo content >/file'
assert_contains "$(build_log --timestamp 0 empty <<<$'FROM base\nRUN echo content >/file')" "cache"
rm -r "$place/store/layers/$(folder_of it)"
build_empty --timestamp 0 <<<$'FROM base\nRUN echo content >/file'
assert_equal "$(file it /file)" content

builder push -q it "oci:$place/there:it"
builder rmi --all --force >/dev/null
builder prune -a >/dev/null 2>&1
builder pull -q "oci:$place/there:it" >id
builder tag "$(cat id)" it
rm -r "$place/store/layers/$(folder_of it)"
builder pull -q "oci:$place/there:it" >/dev/null
assert_equal "$(file it /file)" content

# A kill between the end of a collection's transaction and the removal of files.
needs strace
builder rmi --all --force >/dev/null
builder pull -q "oci:$place/there:it" >/dev/null
blobs() { ls "$place/store/blobs/sha256" | wc -l; }
(($(blobs) > 0)) || fail "there are no blobs"
status=0
strace -f -qq -o trace -e trace=rename -e inject=rename:signal=KILL:when=1 "$program" --root "$place/store" --runroot "$place/run" prune -a >/dev/null 2>&1 || status=$?
assert_equal "$status" 137 "the killed prune"
(($(blobs) > 0)) || fail "the kill came too late"
builder prune -a >/dev/null 2>&1
assert_equal "$(blobs)" 0 "blobs that no record names"
assert_equal "$(ls "$place/store/layers" | wc -l)" 0 "folders that no record names"
