# COPY leaves holes in files as holes, and refuses at once a file that claims more than the whole disk has.
. "$(dirname "$0")/../library.sh"
mkdir context
truncate -s 300M context/sparse && printf x | dd of=context/sparse bs=1 seek=200000000 conv=notrunc status=none
[[ $(du -k context/sparse | cut -f1) -lt 1000 ]] || skip "this file system makes no holes"
builder build -q -t it -f - context >/dev/null <<<$'FROM scratch\nCOPY sparse /'
kept=$(find store/layers -name sparse)
assert_equal "$(stat -c %s "$kept")" 314572800
[[ $(du -k "$kept" | cut -f1) -lt 1000 ]] || fail "the holes were written: $(du -k "$kept")"
cmp context/sparse "$kept" || fail "the content is another one"
rm context/sparse
truncate -s 8E context/endless 2>/dev/null || truncate -s 15T context/endless
assert_fails_with 125 timeout 20 "$program" --root "$place/store" --runroot "$place/run" build -f - context <<<$'FROM scratch\nCOPY endless /'
assert_contains "$output" "more than the whole disk"
