# The report is one file that loads nothing; its data tell of steps, layers, wasted bytes, files and differences.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
builder builds rm --all >/dev/null
assert_fails_with 125 builder report -o page.html
assert_contains "$output" "there is no record of a build"
mkdir context
head -c 200000 /dev/zero >context/big
echo 1 >context/small
printf 'FROM base\nENV PASSPHRASE=xyzzy-1 OTHER="a b"\nARG MORE=xyzzy-2\nCOPY . /files\nRUN rm /files/big; echo more >>/files/small # </script>\n' >context/Containerfile
builder build -q -t it context >/dev/null
assert_fails_with 125 builder report
assert_contains "$output" "name the file"
builder report -o page.html
assert_contains "$(head -n 1 page.html)" "<!DOCTYPE html>"
grep -oE '(src|href)="[^"]*"' page.html && fail "the page loads something"
assert_equal "$(grep -c '</script>' page.html)" 2 "ends of scripts"
grep -q xyzzy page.html && fail "the values of ENV and ARG are in the page"
builder report --json --values | grep -q xyzzy-1 || fail "--values does not show them"

builder report --json >data
assert_equal "$(jq -c '.previous' data)" null
assert_equal "$(jq -r '[.build.steps[].text] | .[1] + "; " + .[2]' data)" "ENV PASSPHRASE=… OTHER=…; ARG MORE=…"
file() { jq -c --arg path "$1" '.files[] | select(.[0] == $path)' data; }
# path, mode, bytes, layers that have it, bytes that are not seen, deleted
top=$(jq '.layers | length - 1' data)
assert_equal "$(file /files/big | jq -c '[.[2], .[3], .[4], .[5]]')" "[200000,[$((top - 1))],200000,1]"
assert_equal "$(file /files/small | jq -c '[.[2], .[3], .[4], .[5]]')" "[7,[$((top - 1)),$top],2,0]"
assert_equal "$(jq -c "[.layers[$((top - 1))].wasted, .layers[$top].wasted]" data)" "[200002,0]"
assert_equal "$(jq -r ".layers[$top].diffId" data)" "$(jq -r '.build.steps[-1].layer' data)"

echo 2 >context/small
builder build -q -t it context >/dev/null
builder report --json >data
assert_equal "$(jq -c '[.differences[].path]' data)" '["/files/small"]'
assert_equal "$(jq -r '.build.steps[3].reason' data)" "file small changed"
# Where the image is gone, the times are still there.
builder rmi it >/dev/null
builder report -o page.html
assert_equal "$(builder report --json | jq -c '[.files, .layers] | map(length)')" "[0,0]"
# A failed build has a report; a place that cannot be written is an error.
printf 'FROM base\nRUN exit 4\n' >failing
assert_fails_with 4 builder build -f failing context
builder report -o page.html
assert_contains "$(builder report --json | jq -r .build.error)" "exit code 4"
assert_fails_with 125 builder report -o nosuch/page.html
assert_contains "$output" "nosuch/page.html"
