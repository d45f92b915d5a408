# An archive on standard input or behind a URL is a context; a Containerfile there is one, too.
. "$(dirname "$0")/../library.sh"
make_base
mkdir parts served && printf 'FROM base\nCOPY . /all/\n' >parts/Containerfile && printf 'FROM base\nCOPY one /only\n' >parts/Other
echo 1 >parts/one && echo 2 >parts/two && echo two >parts/.containerignore
touch -d '2021-01-01 00:00:00 UTC' parts/* parts/.containerignore
for compression in '' --gzip --bzip2 --xz --zstd; do
    tar --create $compression --file context.tar -C parts .
    builder build -q -t it - <context.tar >/dev/null
    assert_line "$(layer it)" "all/one file 0644 0:0 2"
    assert_lacks "$(layer it)" "all/two"
done
builder build -q -t it -f Other - <context.tar >/dev/null
assert_line "$(layer it)" "only file 0644 0:0 2"
builder build -q -t it - <<<$'FROM base\nRUN true' >/dev/null
assert_fails_with 125 builder build -t it -f Other - <<<$'FROM base'
assert_contains "$output" "no archive"
assert_fails_with 125 builder build -t it -f - - <context.tar

tar --create --gzip --file served/context.tar.gz -C parts . && cp parts/Containerfile served/plain
printf 'FROM base\nRUN echo plain >/plain\n' >served/plain
touch -d '2022-02-02 02:02:02 UTC' served/context.tar.gz
serve served
builder build -q -t it "$url/context.tar.gz" >/dev/null
assert_line "$(layer it)" "all/one file 0644 0:0 2"
builder build -q -t it "$url/plain" >/dev/null
assert_equal "$(file it /plain)" plain
builder build -q -t it --build-arg SOURCE_DATE_EPOCH=context "$url/context.tar.gz" >/dev/null
assert_equal "$(builder inspect it | jq -r .OCIv1.created)" "2022-02-02T02:02:02Z"
builder build -q -t it --build-arg SOURCE_DATE_EPOCH=context - <context.tar >/dev/null
assert_equal "$(builder inspect it | jq -r .OCIv1.created)" "2021-01-01T00:00:00Z"
assert_fails_with 125 builder build -t it "$url/missing.tar"
assert_contains "$output" "404"
# Nothing that an archive holds leads out of it.
mkdir evil && ln -s /etc/passwd evil/Containerfile && tar --create --file evil.tar -C evil .
assert_fails_with 125 builder build -t it - <evil.tar
assert_lacks "$output" "root:"
