# ADD unpacks local archives, whatever packs them; COPY leaves them as they are.
. "$(dirname "$0")/../library.sh"
needs bzip2 xz zstd
make_base
mkdir -p tree/folder
echo content >tree/folder/file
chmod 0751 tree/folder
ln -s file tree/folder/link
tar -C tree --owner=5 --group=6 --numeric-owner -cf plain.tar .
gzip -k plain.tar && bzip2 -k plain.tar && xz -k plain.tar && zstd -q plain.tar
for form in tar tar.gz tar.bz2 tar.xz tar.zst; do
    build . <<<$'FROM base\nADD plain.'"$form /unpacked/"
    listing=$(layer it)
    assert_line "$listing" "unpacked/folder folder 0751 5:6 0"
    assert_line "$listing" "unpacked/folder/file file 0644 5:6 8"
    assert_line "$listing" "unpacked/folder/link link 0777 5:6 0 -> file"
done
build . <<<$'FROM base\nCOPY plain.tar /copied/'
assert_contains "$(layer it)" "copied/plain.tar file"
