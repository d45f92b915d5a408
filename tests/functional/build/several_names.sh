# -t names an image as often as it is given; a name goes over to the image that has it last.
. "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base\nLABEL n=1\n' >Containerfile
first=$(builder build -q -t one -t two:v2 -t example.com/team/three .)
for name in one two:v2 example.com/team/three:latest; do
    assert_equal "$(builder inspect "$name" | jq -r .FromImageID)" "$first" "$name"
done
sed -i s/n=1/n=2/ Containerfile
second=$(builder build -q -t one .)
assert_equal "$(builder inspect one | jq -r .FromImageID)" "$second"
assert_equal "$(builder inspect two:v2 | jq -r .FromImageID)" "$first"
