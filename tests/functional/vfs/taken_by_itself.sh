# Where the kernel refuses an overlay, as on top of another one, steps work on copies: it is said, and the layers are the same.
source "$(dirname "$0")/../library.sh"
make_base
builder push -q base oci-archive:"$place/base.tar:base"
mkdir lower upper work nested empty
cat >Containerfile <<END
FROM oci-archive:$place/base.tar
RUN rm /bin/vi && mkdir /made && echo 1 >/made/one && chmod 700 /bin
RUN mkdir /listed && touch /listed/gone /listed/kept
RUN rm /listed/gone
RUN test "\$(ls /listed)" = kept && rm -r /made && mkdir /made && echo 2 >/made/two
FROM oci-archive:$place/base.tar
COPY --from=0 /listed /copied
END
flags=(--no-cache --timestamp 0 --rewrite-timestamp -t it -f Containerfile empty)
cat >inside <<SCRIPT
set -eu
mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work nested
nested() { "$program" --root "$place/nested/store" --runroot "$place/nested/run" "\$@"; }
nested build ${flags[*]} >nested.log 2>nested.notices
nested inspect it | jq -c '.Config | fromjson | .rootfs' >nested.layers
nested info --format '{{.store.GraphDriverName}}' >nested.driver
SCRIPT
unshare --mount bash inside >log 2>&1 || fail "$(cat log nested.log nested.notices)"
[[ $(cat nested.driver) == vfs ]] || skip "this kernel stacks an overlay on an overlay"
assert_contains "$(cat nested.notices)" "copies"
builder build "${flags[@]}" >plain.log 2>&1 || fail "$(cat plain.log)"
assert_equal "$(cat nested.layers)" "$(builder inspect it | jq -c '.Config | fromjson | .rootfs')" "the layers"
