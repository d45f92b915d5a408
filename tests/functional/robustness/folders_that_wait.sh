# A command that waits for another writer of an oci: folder ends when it is told to, and the folder stays as it was.
. "$(dirname "$0")/../library.sh"
make_base
builder push -q base oci:out:first
"$program" source create sources
echo text >artifact

# ends_while_waiting FOLDER COMMAND...: the command must be waiting for the folder's lock, and end by SIGTERM.
ends_while_waiting() {
    local folder=$1 held before status=0
    shift
    before=$(sha256sum "$folder/index.json")
    exec {held}<"$folder"
    flock "$held"
    "$program" --root "$place/store" --runroot "$place/run" "$@" >log 2>&1 {held}<&- &
    local waiter=$!
    wait_until 20 tries_to_lock "$waiter" || fail "$* did not come to the lock: $(cat log)"
    kill -TERM "$waiter"
    ended() { ! kill -0 "$waiter" 2>/dev/null; }
    wait_until 5 ended || fail "$* goes on waiting after SIGTERM"
    wait "$waiter" || status=$?
    assert_equal "$status" 143 "exit code of $*"
    assert_equal "$(sha256sum "$folder/index.json")" "$before" "index of $folder"
    exec {held}<&-
}
# It has opened the folder itself, which is done for the lock only, and sleeps between two tries or in the call.
tries_to_lock() {
    local link
    for link in "/proc/$1"/fd/*; do
        [[ $(readlink "$link" 2>/dev/null) != "$(readlink -f "$folder")" ]] || return 0
    done
    return 1
}
ends_while_waiting out push -q base oci:out:second
ends_while_waiting sources source add sources artifact
builder push -q base oci:out:second
"$program" source add sources artifact
assert_contains "$(cat out/index.json)" second
