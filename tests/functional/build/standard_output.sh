# "-" is standard output for archives and files, to a pipe or a file; nothing else is printed there then.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
for archive in docker-archive:- oci-archive:- docker-archive:/dev/stdout; do
    builder build -t "$archive" -f - empty <<<$'FROM base\nLABEL a=b' 2>log | cat >out.tar
    assert_contains "$(tar -tf out.tar)" .json
    builder push base "$archive" 2>log | cat >out.tar
    assert_contains "$(tar -tf out.tar)" .json
    builder push base "$archive" 2>log >out.tar
    assert_contains "$(tar -tf out.tar)" .json
    builder pull -q "${archive%%:*}:out.tar" >/dev/null
    [[ ! -e ./- ]] || fail "there is a file named -"
done
for output in - type=tar,dest=- type=tar,dest=/dev/stdout; do
    builder build -o "$output" -f - empty <<<$'FROM base\nRUN echo text >/seen' 2>log | cat >out.tar
    assert_equal "$(tar -xOf out.tar seen)" text "$output"
    builder build -o "$output" -f - empty <<<$'FROM base\nRUN echo text >/seen' 2>log >out.tar
    assert_equal "$(tar -xOf out.tar seen)" text "$output"
done
