# A file of an archive takes the place of an empty folder; one with something in it stays. COPY replaces neither.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && touch context/empty context/full
tar -C context --owner=0 --group=0 -cf archive.tar empty full && mv archive.tar context/
build context <<<$'FROM base\nRUN mkdir /empty /full && touch /full/inside\nADD archive.tar /\nRUN test -f /empty && test -f /full/inside'
assert_equal "$(layer it -2)" "empty file 0644 0:0 0"
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN mkdir /empty\nCOPY empty full /'
assert_contains "$output" "cannot replace the folder '/empty'"
