# An archive cannot write outside its folder: not by .., not by absolute names, not through links.
. "$(dirname "$0")/../library.sh"
make_base
"$python" "$tests/hostile_archives.py" .
for archive in dots absolute link_out hardlink_out link_chain; do
    mkdir context && cp "$archive.tar" context/
    status=0
    builder build -q -t it -f - context >log 2>&1 <<<$'FROM base\nADD '"$archive.tar /in/deep/" || status=$?
    ((status == 125 || status == 0)) || fail "$archive: exit code $status"
    [[ ! -e $place/escaped && ! -e /escaped && ! -e $place/store/escaped ]] || fail "$archive wrote outside"
    if ((status == 125)); then
        assert_contains "$(cat log)" "standard input:2" "$archive"
        assert_contains "$(cat log)" "$archive.tar"
    else # taken as if / were the folder it is unpacked to
        assert_equal "$(layer it | grep escaped | grep -v '^in/deep/' | grep -v -- '->' || true)" "" "$archive"
        builder rmi it >/dev/null
    fi
    rm -r context
done
find store/layers -name escaped -path '*/diff/escaped' | grep . && fail "a file above the destination"
# The same as layers of an image.
for archive in dots absolute link_out hardlink_out link_chain; do
    "$python" "$tests/hostile_archives.py" --image "$archive.tar" "image-$archive"
    "$program" --root "$place/store" --runroot run pull -q "oci:image-$archive" >log 2>&1 || assert_contains "$(cat log)" "$archive"
    [[ ! -e $place/escaped && ! -e /escaped && ! -e $place/store/escaped ]] || fail "the image $archive wrote outside"
done
