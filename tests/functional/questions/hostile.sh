# Images that were made to be in the way are read quickly and safely: many files, deep folders, traps in the place of databases.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context
"$python" - <<'PROGRAM'
import os
for folder in range(10):
    os.mkdir(f'context/d{folder}')
    for number in range(1000):
        open(f'context/d{folder}/f{number}', 'w').close()
PROGRAM
build context <<<$'FROM base\nCOPY . /many\nRUN rm /many/d5/f7\nRUN touch /1\nRUN touch /2'
# in_time WHAT COMMAND…: a tenth of the files that have to be listed in a second; the limit is for a busy machine.
in_time() {
    local what=$1 start=${EPOCHREALTIME/./}
    shift
    "$@" >printed
    local took=$((${EPOCHREALTIME/./} - start))
    ((took < 2000000)) || fail "$what took $took us"
}
in_time "a list of 10,000 files" builder files -R it /many
assert_equal "$(wc -l <printed)" 10009
in_time "blame" builder blame it /many/d9/f999
assert_contains "$(cat printed)" "COPY dir:"
in_time "blame of what is gone" builder blame it /many/d5/f7
assert_contains "$(cat printed)" "/many/d5/f7 was deleted"
in_time "a comparison" builder diff --files base it
assert_equal "$(grep -c '^A /many/' printed)" 10009
# It takes no more when nearly all is the same layer.
in_time "a comparison with itself" builder diff it
assert_equal "$(cat printed)" $'Files:\nA /2'
# Folders as deep as they can be made are an error, and none of the stack.
builder rmi it >/dev/null
container=$(builder from base)
"$python" - "$(builder mount "$container")" <<'PROGRAM'
import os, sys
os.chdir(sys.argv[1])
for level in range(4200):
    os.mkdir('d')
    os.chdir('d')
PROGRAM
builder umount "$container" >/dev/null
assert_equal "$(builder files "$container" / | head -1)" bin
status=0
builder files -R "$container" / >/dev/null 2>error || status=$?
assert_equal "$status" 125 "a walk into 4,200 folders"
assert_contains "$(cat error)" "folders"
assert_equal "$(builder du --json | jq .complete)" false
assert_contains "$(builder du 2>&1)" "not all could be counted"
builder rm "$container" >/dev/null
