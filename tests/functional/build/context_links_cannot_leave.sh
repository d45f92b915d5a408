# A symbolic link in the context never brings a file of the host into the image.
. "$(dirname "$0")/../library.sh"
make_base
echo not-for-the-image >outside
mkdir context
ln -s ../outside context/up
ln -s "$place/outside" context/absolute
ln -s .. context/folder
for source in up absolute folder/outside; do
    assert_fails_with 125 builder build -q -t it -f - context <<<$'FROM base\nCOPY '"$source /x"
    assert_contains "$output" "not in" "COPY $source"
done
# As part of a folder the links are copied as links.
build context <<<$'FROM base\nCOPY . /all'
assert_contains "$(layer it)" "all/up link 0777 0:0 0 -> ../outside"
! grep -rq not-for-the-image store/layers || fail "the file outside is in the store"
