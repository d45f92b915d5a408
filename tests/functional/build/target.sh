# --target ends the build at a stage, by name or by number.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base AS first
RUN echo one >/one
FROM first AS second
RUN echo two >/two
FROM second
RUN exit 3
X
builder build -q --target second -t it . >/dev/null
assert_line "$(layer it)" "two file 0644 0:0 4"
first=$(builder build -q --target first .)
assert_equal "$(builder build -q --target 0 .)" "$first" "the stage by its number"
assert_fails_with 125 builder build --target secnd .
assert_contains "$output" "second" "a hint at the nearest name"
