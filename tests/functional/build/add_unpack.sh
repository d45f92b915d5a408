# ADD --unpack takes fetched archives apart, and leaves archives of the context whole.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p parts/in served && echo 1 >parts/in/file && chmod 0640 parts/in/file
tar --create --gzip --owner=7 --group=8 --numeric-owner --file served/a.tgz -C parts .
echo text >served/text
serve served
build --build-arg URL="$url" served <<<$'FROM base\nARG URL\nADD --unpack $URL/a.tgz /dest/\nADD --unpack=true $URL/text /dest/'
assert_line "$(layer it -2)" "dest/in/file file 0640 7:8 2"
assert_equal "$(file it /dest/text)" text
build --build-arg URL="$url" served <<<$'FROM base\nARG URL\nADD $URL/a.tgz /dest/'
assert_line "$(layer it)" "dest/a.tgz file 0600 0:0 $(stat -c %s served/a.tgz)"
build served <<<$'FROM base\nADD --unpack=false a.tgz /dest/\nADD a.tgz /dest/'
assert_contains "$(layer it -2)" "dest/a.tgz file"
assert_line "$(layer it)" "dest/in/file file 0640 7:8 2"
