# Tars with headers that are huge (CVE-2022-2879), go on without end (CVE-2026-32288), or name attributes that no file can have
# (GHSA-g3rx-2m58-rr63): an error that says why, or the file without the attribute; as ADD and as a layer.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
"$python" "$tests/bad_input/odd_headers.py" context
added() { builder build -q --no-cache -t it -f - context <<<$'FROM base\nADD '"$1"$'.tar.gz /x/'; }
as_layer() { # TAR-WITHOUT-ENDING: as the only layer of an image
    rm -rf image && gunzip -c "context/$1.tar.gz" >layer.tar
    "$python" "$tests/hostile_archives.py" --image layer.tar image
    builder pull -q oci:image
}
added fine >/dev/null
assert_contains "$(layer it)" "user.fine"
as_layer fine >/dev/null
for way in added as_layer; do
    assert_fails_with 125 $way large_record
    assert_contains "$output" "1048576 are the most" "$way"
    assert_fails_with 125 $way endless_map
    assert_contains "$output" "1000000" "$way"
    for name in nameless no_namespace long_name long_value trusted_overlay user_overlay broken_rights; do
        status=0
        output=$($way $name 2>&1) || status=$?
        ((status == 0 || status == 125)) || fail "$way of $name ended with $status: $output"
        ((status == 0)) || assert_contains "$output" "attribute" "$way of $name"
    done
done
# What overlayfs would obey it does not get from an archive.
attributes_in_store() { getfattr --absolute-names -d -m - -R store/layers 2>/dev/null | grep -v '^#'; }
assert_contains "$(attributes_in_store)" "user.fine" "the attributes that this looks through"
for name in trusted_overlay user_overlay; do
    ! added $name >/dev/null 2>&1 || assert_lacks "$(attributes_in_store)" "redirect=\"/etc\""
done
