# Two hundred commands on one store at once: none fails, no two containers have one name, the store is whole.
source "$(dirname "$0")/../library.sh"
make_base
echo text >file
one() {
    local container
    container=$(builder from base) || return 1
    builder copy -q "$container" file "/file-$1" && builder config --label "n=$1" "$container" &&
        builder commit -q "$container" "image:$1" >/dev/null && builder images -q >/dev/null && echo "$container" >"name.$1"
}
for n in {1..40}; do one "$n" 2>"error.$n" & done
wait $(jobs -p) || true
for n in {1..40}; do [[ -s name.$n ]] || fail "number $n: $(cat "error.$n")"; done
assert_equal "$(cat name.* | sort -u | wc -l)" 40
assert_equal "$(builder containers -q | wc -l)" 40
assert_equal "$(builder images --filter reference=image --format '{{.Tag}}' | sort -n | tail -1)" 40
assert_equal "$(sqlite_check)" ok
builder rm --all >/dev/null
