# Two builds of one store at the same time meet in the middle and both are right.
. "$(dirname "$0")/../library.sh"
make_base
for me in one two; do
    [[ $me == one ]] && other=two || other=one
    cat >"$me" <<X
FROM base
RUN --mount=type=cache,id=meet,target=/meet touch /meet/$me; for i in \$(seq 500); do test -e /meet/$other && break; sleep 0.02; done; test -e /meet/$other && echo $me >/name
RUN echo shared >/shared
X
done
builder build -q -t one -f one . >one.id 2>one.log &
one=$!
builder build -q -t two -f two . >two.id 2>two.log || fail "$(cat two.log)"
wait "$one" || fail "$(cat one.log)"
assert_equal "$(file one /name) $(file two /name)" "one two"
assert_equal "$(sqlite_check)" ok
