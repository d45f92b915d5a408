# --layers keeps an image of each step: shown by its digits, by its ID where it is taken again; hidden from `images`, and gone with
# the image that stands on it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
file=$'FROM base\nENV A=1\nRUN echo one >/one\nLABEL b=2'
names() { builder images "$@" --format '{{.Name}}:{{.Tag}}'; }
builder build -f - empty <<<"$file" >plain.log
assert_equal "$(grep -c '^--> [0-9a-f]\{12\}$' plain.log)" 1 "without --layers"
assert_equal "$(names -a | wc -l)" 2 "without --layers"
builder rmi -p >/dev/null
builder build --layers -t it -f - empty <<<"$file" >first.log
assert_equal "$(grep -c '^--> [0-9a-f]\{12\}$' first.log)" 3
assert_equal "$(names | sort | tr '\n' ' ')" "localhost/base:latest localhost/it:latest "
assert_equal "$(names -a | wc -l)" 4
builder build --layers -t it -f - empty <<<"$file" >second.log
assert_equal "$(grep -c '^--> Using cache [0-9a-f]\{64\}$' second.log)" 3
assert_equal "$(names -a | wc -l)" 4 "the same build again"
# The IDs are those of images that are there.
while read -r id; do
    assert_equal "$(builder inspect -t image --format '{{.FromImageID}}' "$id")" "$id"
done < <(sed -n 's/^--> Using cache //p' second.log)
# With another image on the same step, that step stays.
builder build --layers -t other -f - empty <<<$'FROM base\nENV A=1\nRUN echo one >/one\nLABEL b=other' >/dev/null
assert_equal "$(names -a | wc -l)" 5
builder rmi it >removed
assert_equal "$(sed 1d removed | wc -l)" 1 "what went with the first image"
builder rmi other >removed
assert_equal "$(sed 1d removed | wc -l)" 3 "what went with the last image"
assert_equal "$(names -a)" "localhost/base:latest"
