# What was fetched is fetched again only when the server says that it changed; with a checksum it is not even asked.
. "$(dirname "$0")/../library.sh"
make_base
mkdir served empty
run_build() { builder build -t it --build-arg URL="$url" -f - empty 2>&1 <<<$'FROM base\nARG URL\nADD '"$*"; }
check() {
    echo one >served/file
    touch -d "2002-02-02" served/file
    run_build '$URL/file /x/' >/dev/null
    assert_equal "$(file it /x/file)" one "the name in the URL"
    : >served.log
    assert_contains "$(run_build '$URL/file /x/')" "--> Using cache"
    assert_contains "$(cat served.log)" '" 304'
    # Kept content serves another step, too.
    run_build '$URL/file /other' >/dev/null
    assert_lacks "$(cat served.log)" '" 200'
    echo changed >served/file
    touch -d '2001-01-01' served/file
    run_build '$URL/file /x/' >/dev/null
    assert_equal "$(file it /x/file)" changed
}
serve_caching served.log served etag
check
sum=sha256:$(sha256sum <served/file | cut -d' ' -f1)
run_build "--checksum=$sum \$URL/file /y" >/dev/null
: >served.log
assert_contains "$(run_build "--checksum=$sum \$URL/file /y")" "--> Using cache"
run_build "--checksum=$sum \$URL/file /z" >/dev/null
assert_equal "$(cat served.log)" "" "requests"
assert_fails_with 125 run_build '--checksum=sha256:12 $URL/file /y'
assert_contains "$output" "is no digest"
kill "$server"
serve_caching served.log served
check
# What was kept has the time that the server gave it.
sum=sha256:$(sha256sum <served/file | cut -d' ' -f1)
: >served.log
run_build "--checksum=$sum \$URL/file /kept" >/dev/null
assert_equal "$(cat served.log)" "" "requests"
assert_line "$("$python" "$tests/image_facts.py" "$(write_oci it)" times -1)" "kept $(stat -c %Y served/file)"
