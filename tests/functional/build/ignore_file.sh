# .dockerignore leaves out, ! takes back in, .containerignore goes first, --ignorefile before all.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/logs context/src
touch context/{keep,a.log,logs/b.log,logs/keep.log,src/main.c,src/main.o}
printf 'FROM base\nCOPY . /all\n' >context/Containerfile
seen() { layer it | grep ' file ' | cut -d' ' -f1 | tr '\n' ' '; }
printf '# comment\n**/*.log\n!logs/keep.log\nsrc/*.o\nContainerfile\n.*ignore\n' >context/.dockerignore
builder build -q -t it context >/dev/null
assert_equal "$(seen)" "all/keep all/logs/keep.log all/src/main.c "
printf '*\n!src\n' >context/.containerignore
builder build -q -t it context >/dev/null
assert_equal "$(seen)" "all/src/main.c all/src/main.o "
printf '*\n!keep\n' >other
builder build -q --ignorefile other -t it context >/dev/null
assert_equal "$(seen)" "all/keep "
