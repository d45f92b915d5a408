# SOURCE_DATE_EPOCH is the time of the image; --rewrite-timestamp clamps later times of files to it.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nRUN touch /young && touch -d "1999-12-31 23:59:59" /old\n' >Containerfile
SOURCE_DATE_EPOCH=1000000000 builder build -q --rewrite-timestamp -t it . >/dev/null
times=$("$python" "$tests/image_facts.py" "$(write_oci it)" times -1)
assert_line "$times" "young 1000000000"
assert_contains "$times" "old 946684799"
assert_equal "$(config it .created)" '"2001-09-09T01:46:40Z"'
assert_fails_with 125 env SOURCE_DATE_EPOCH=soon "$program" --root store --runroot run build .
