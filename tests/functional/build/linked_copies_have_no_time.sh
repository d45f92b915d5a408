# The layer of COPY --link and ADD --link says nothing of when it was made: folders on the way keep the time that they have below, or have none.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/tree/in && echo x >context/tree/in/file && touch -d @1000000000 context/tree/in/file context/tree/in context/tree
tar -C context/tree -cf context/x.tar in/file
tar -C context/tree -cf context/y.tar in
build context <<'X'
FROM base
RUN mkdir -p /there/deep && touch -d @500 /there/deep && touch -d @600 /there
COPY --link tree/in/file /there/deep/new/way/
COPY --link tree /there/tree/
ADD --link x.tar /unpacked/here
ADD --link y.tar x.tar /described/
COPY tree/in/file /plain/way/
X
times() { "$python" "$tests/image_facts.py" "$(write_oci it)" times "$1"; }
assert_equal "$(times -5)" "there 600
there/deep 500
there/deep/new 0
there/deep/new/way 0
there/deep/new/way/file 1000000000"
assert_equal "$(times -4)" "there 600
there/tree 0
there/tree/in 1000000000
there/tree/in/file 1000000000"
assert_equal "$(times -2)" "described 0
described/in 1000000000
described/in/file 1000000000"
assert_equal "$(times -3 | grep -v 'file')" "unpacked 0
unpacked/here 0
unpacked/here/in 0"
# Without --link it is the time of the copy.
[[ $(times -1 | sed -n 's/^plain //p') != 0* ]] || fail "a folder of a plain COPY has no time"
