# A file of an archive takes the place of an empty folder; a folder with something in it stays; a file that is copied
# replaces no folder at all.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && touch context/name && tar -C context --owner=0 --group=0 -cf archive.tar name && mv archive.tar context/
build context <<<$'FROM base\nRUN mkdir /name\nADD archive.tar /\nRUN test -f /name'
assert_line "$(layer it -2)" "name file 0644 0:0 0"
build context <<<$'FROM base\nRUN mkdir /name && touch /name/inside\nADD archive.tar /\nRUN test -f /name/inside'
assert_fails_with 125 builder build -f - context <<<$'FROM base\nRUN mkdir /name\nCOPY name archive.tar /'
assert_contains "$output" "cannot replace the folder '/name'"
