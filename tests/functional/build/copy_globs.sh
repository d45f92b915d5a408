# COPY takes several sources and wildcards, in the right form and order.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p dir/sub
touch a.txt b.txt c.md dir/x dir/sub/y '[odd]'
cat >Containerfile <<'X'
FROM base
COPY *.txt [c].md /files/
COPY dir /whole
COPY dir/ /files/
COPY ["[[]odd]", "/renamed"]
COPY d?r/s*b/y /deep/
COPY */x /passes-over-files/
X
builder build -q -t it . >/dev/null
names() { layer it "$1" | grep -v ' folder ' | cut -d' ' -f1 | tr '\n' ' '; }
assert_equal "$(names -6)" "files/a.txt files/b.txt files/c.md "
assert_equal "$(names -5)" "whole/sub/y whole/x "
assert_equal "$(names -4)" "files/sub/y files/x "
assert_equal "$(names -3)" "renamed "
assert_equal "$(names -2)" "deep/y "
assert_equal "$(names -1)" "passes-over-files/x "
