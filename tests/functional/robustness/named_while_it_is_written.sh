# An image that was made for another place alone is gone from the store afterwards, but not where somebody has named or used it meanwhile.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
builder push -q base oci:out:first
printf 'FROM base\nLABEL made=for-elsewhere\n' >Containerfile
images() { builder images -a -q --no-trunc | sort; }
before=$(images)
builder build -q -t oci:out:alone -f Containerfile empty >/dev/null
assert_equal "$(images)" "$before" "the images when nobody wanted it"
new_image() { comm -13 <(echo "$before") <(images); }
is_there() { [[ -n $(new_image) ]]; }

# held_back COMMAND...: it has made the image and waits for the folder, which is locked till release.
held_back() {
    exec {held}<out
    flock "$held"
    "$program" --root "$place/store" --runroot "$place/run" "$@" >log 2>&1 {held}<&- &
    writer=$!
    wait_until 20 is_there || fail "$* made no image: $(cat log)"
}
release() {
    kill -0 "$writer" || fail "it did not wait: $(cat log)"
    exec {held}<&-
    wait "$writer" || fail "$(cat log)"
}
held_back build -q -t oci:out:named -f Containerfile empty
builder tag "$(new_image)" mine
release
builder inspect mine >/dev/null || fail "the image of somebody else's name is gone"
builder rmi mine >/dev/null
c=$(builder from base)
builder config --label made=by-commit "$c"
held_back commit -q "$c" oci:out:used
used=$(new_image)
d=$(builder from "$used")
release
assert_equal "$(builder inspect "$d" | jq -r .FromImageID)" "${used#sha256:}" "what the container is made from"
builder run "$d" true
