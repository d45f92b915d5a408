# What steps write to standard error goes there, in order where both are one file; of stages that wait it comes when it is their turn.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
file=$'FROM base\nRUN echo one; echo two >&2; echo three'
builder build --no-cache -f - empty <<<"$file" >out 2>err
assert_equal "$(grep -x 'one\|two\|three' out | tr '\n' ' ')" "one three "
assert_line "$(cat err)" two
builder build --no-cache -f - empty <<<"$file" >both 2>&1
assert_equal "$(grep -x 'one\|two\|three' both | tr '\n' ' ')" "one two three "
assert_equal "$(builder build -q --no-cache -f - empty <<<"$file" 2>err | wc -l)" 1 "quiet"
assert_equal "$(grep -x 'one\|two\|three' err)" two "quiet"
# The first stage prints when the second has printed.
builder build --no-cache --jobs 2 -f - empty >/dev/null 2>err <<'X'
FROM base AS a
RUN --mount=type=cache,id=c,target=/c until test -e /c/printed; do usleep 20000; done; echo first >&2
FROM base AS b
RUN --mount=type=cache,id=c,target=/c echo second >&2; touch /c/printed
FROM base
COPY --from=a /etc /a
COPY --from=b /etc /b
X
assert_equal "$(grep -x 'first\|second' err | tr '\n' ' ')" "first second "
