# ADD fetches a URL: its name, mode 600, the time of Last-Modified; --checksum is held.
. "$(dirname "$0")/../library.sh"
make_base
mkdir served
echo fetched >served/file.txt
touch -d '2020-02-02 02:02:02 UTC' served/file.txt
serve served
build_empty --build-arg URL="$url" <<<$'FROM base\nARG URL\nADD $URL/file.txt /in/'
assert_line "$(layer it)" "in/file.txt file 0600 0:0 8"
assert_line "$("$python" "$tests/image_facts.py" "$(write_oci it)" times -1)" "in/file.txt 1580608922"
digest=$(sha256sum <served/file.txt | cut -d' ' -f1)
build_empty --build-arg URL="$url" <<<$'FROM base\nARG URL\nADD --checksum=sha256:'"$digest"$' $URL/file.txt /x'
wrong=${digest//[0-9]/0}
assert_fails_with 125 builder build --build-arg URL="$url" -f - empty <<<$'FROM base\nARG URL\nADD --checksum=sha256:'"$wrong"$' $URL/file.txt /x'
assert_contains "$output" "$digest" "what was found"
