# Images of additional stores are listed as read-only, and brought in by the command that uses one.
source "$(dirname "$0")/../library.sh"
make_base
mkdir empty
builder tag base example.com/team/shared:1
first=$place/store
second() { "$program" --root "$place/second" --runroot "$place/run2" --storage-opt "overlay.imagestore=$first" "$@"; }
plain() { "$program" --root "$place/second" --runroot "$place/run2" "$@"; }
assert_equal "$(plain images -q | wc -l)" 0
assert_equal "$(second images --format '{{.Name}} {{.ReadOnly}}' | tr -s ' ' | sort)" $'example.com/team/shared true\nlocalhost/base true'
assert_equal "$(second images -q --filter readonly=false | wc -l)" 0
# It is found by its short name, and has the layers and the ID that it has there.
name=$(second from --pull=never base)
assert_equal "$(second run "$name" -- echo works)" works
assert_equal "$(plain images --no-trunc -q base)" "$(builder images --no-trunc -q base)"
assert_equal "$(plain images --format '{{.Name}} {{.ReadOnly}}' | tr -s ' ' | sort)" $'example.com/team/shared false\nlocalhost/base false'
assert_equal "$(second images --format '{{.Name}} {{.ReadOnly}}' | tr -s ' ' | sort)" $'example.com/team/shared true\nlocalhost/base true'
second rm --all >/dev/null
plain rmi --all --force >/dev/null
# The other store still has its own.
assert_equal "$(builder images -q | sort -u | wc -l)" 1
# Builds, names, places and other commands.
second build -q -t made -f - empty >/dev/null <<<$'FROM example.com/team/shared:1\nRUN touch /f'
plain rmi --all --force >/dev/null
second tag base own:2
assert_contains "$(second images --format '{{.Name}}:{{.Tag}} {{.ReadOnly}}' | tr -s ' ')" "localhost/own:2 false"
plain rmi --all --force >/dev/null
second push -q base "oci:$place/layout:1"
plain rmi --all --force >/dev/null
assert_equal "$("$program" --root "$place/second" --runroot "$place/run2" --imagestore "$first" inspect -t image --format '{{.OCIv1.OS}}' base)" linux
# One that pulls anew does not look there.
assert_fails_with 125 second from --pull=always localhost:1/base
assert_fails_with 125 env STORAGE_OPTS=bad "$program" --root "$place/second" --runroot "$place/run2" images
assert_contains "$output" "unable to parse key/value option: bad"
