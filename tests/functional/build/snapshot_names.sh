# Long, odd and non-UTF-8 names survive RUN, COPY, the archive and the way back.
. "$(dirname "$0")/../library.sh"
make_base
long=$(printf 'n%.0s' {1..255})
odd=$'bad\xff\xfe name\twith\nlines'
mkdir -p "context/$long/$long" && touch "context/$odd" "context/$long/$long/$long" 'context/.wh-like' "context/umlaut-ä"
build context <<<$'FROM base\nCOPY . /copied\nRUN cp -r /copied /ran'
for number in -2 -1; do
    listing=$(layer it $number)
    assert_contains "$listing" "/$long/$long/$long file"
    assert_contains "$listing" '/bad\xff\xfe name'
    assert_contains "$listing" "/umlaut-ä file"
done
folder=$(write_oci it)
builder build -q -o out -f - . >/dev/null <<<$'FROM oci:'"$folder"$':x\nRUN true'
[[ -e out/ran/$odd && -e out/copied/$long/$long/$long ]] || fail "a name was lost on the way"
