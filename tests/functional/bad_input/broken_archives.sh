# A truncated or damaged archive stops the build; nothing of it is left.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && head -c 300000 /dev/urandom >noise && tar -czf whole.tar.gz noise
head -c 100000 whole.tar.gz >context/short.tar.gz
assert_refused -f - context <<<$'FROM base\nADD short.tar.gz /x/'
assert_contains "$output" "standard input:2"
assert_contains "$output" "short.tar.gz"
cp whole.tar.gz context/damaged.tar.gz
printf 'XXXX' | dd of=context/damaged.tar.gz bs=1 seek=50000 conv=notrunc 2>/dev/null
assert_refused -f - context <<<$'FROM base\nADD damaged.tar.gz /x/'
# What only looks like one is a file.
printf 'plain text' >context/text.tar.gz
build context <<<$'FROM base\nADD text.tar.gz /x/'
assert_line "$(layer it)" "x/text.tar.gz file 0644 0:0 10"
