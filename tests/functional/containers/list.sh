# The table, its filters, and JSON.
source "$(dirname "$0")/../library.sh"
make_base
assert_equal "$(builder containers)" "CONTAINER ID  BUILDER  IMAGE ID     IMAGE NAME                       CONTAINER NAME"
one=$(builder from base)
two=$(builder from --name other scratch)
id=$(builder inspect "$two" | jq -r .ContainerID)
assert_line "$(builder ls)" "${id:0:12}     *                  scratch                          other"
assert_equal "$(builder ps -q --filter name=oth)" "$id"
assert_equal "$(builder containers --filter ancestor=base --json | jq -r '.[].containername')" "$one"
assert_equal "$(builder list --noheading --notruncate --filter "id=${id:0:8}" | cut -c-64)" "$id"
assert_equal "$(builder inspect "${id:0:5}" | jq -r .Container)" other
assert_equal "$(builder inspect "${id:0:3}" | jq -r .Container)" other
# A name of one or two letters is no ID's beginning.
assert_fails_with 125 builder run "${id:0:2}" true
assert_contains "$output" "container not known"
assert_fails_with 125 builder run "${id:0:1}" true
assert_contains "$output" "container not known"
assert_fails_with 125 builder containers --filter what=1
builder rename other another
assert_equal "$(builder containers --json | jq -r '.[1].containername')" another
assert_fails_with 125 builder rename another "$one"
builder delete another nosuch >/dev/null 2>&1 && fail "a container that is not there was removed"
assert_equal "$(builder containers -q | wc -l)" 1
assert_fails_with 125 builder rm base-working-containr
assert_contains "$output" "did you mean base-working-container"
builder rm -a >/dev/null
