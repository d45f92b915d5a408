# Hard links stay hard links within one source of a COPY. Those between two sources are files of their own, so that a later
# source changes nothing of an earlier one, and a source may be named twice.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/a context/b/d context/b/e
echo one >context/a/f
ln context/a/f context/b/g
echo two >context/b/f
echo deep >context/b/d/f
ln context/b/d/f context/b/e/f
[[ context/a/f -ef context/b/g && context/b/d/f -ef context/b/e/f ]] || fail "this file system makes no hard links"

# A later source replaces the file that the link of an earlier one would name.
build context <<<$'FROM base\nCOPY a/ b/ /d/'
assert_equal "$(file it /d/f) $(file it /d/g)" "two one" "two folders"
build context <<<$'FROM base\nCOPY b/d b/e /b/'
assert_equal "$(file it /b/f)" deep "two folders with links of each other under one name"
# The same for files, wildcards, stages and --parents.
build context <<<$'FROM base\nCOPY a/f b/g /n/\nRUN stat -c %h /n/f /n/g | tr "\\n" " " >/links'
assert_equal "$(file it /links)" "1 1 " "two files"
build context <<<$'FROM base\nCOPY a/f b/* /n/\nRUN stat -c %h /n/f /n/g | tr "\\n" " " >/links; cat /n/f >>/links'
assert_equal "$(file it /links)" "1 1 two" "a wildcard"
build context <<<$'FROM base AS one\nCOPY . /\nFROM base\nCOPY --from=one /a/f /b/g /n/\nRUN stat -c %h /n/f /n/g | tr "\\n" " " >/links'
assert_equal "$(file it /links)" "1 1 " "files of a stage"
build context <<<$'FROM base\nCOPY --parents a/f b/g /n/\nRUN stat -c %h /n/a/f /n/b/g | tr "\\n" " " >/links'
assert_equal "$(file it /links)" "1 1 " "with --parents"
# One file twice, by itself and within its folder.
build context <<<$'FROM base\nCOPY a/f a/f /n/'
assert_equal "$(file it /n/f)" one "one file, named twice"
build context <<<$'FROM base\nCOPY b/d/f b/d /n/'
assert_equal "$(file it /n/f)" deep "a file and its folder"
# Within one source the link stays.
build context <<<$'FROM base\nCOPY b /n/\nRUN stat -c %h /n/d/f /n/e/f | tr "\\n" " " >/links'
assert_equal "$(file it /links)" "2 2 " "one folder"

# A socket with two names is left out under both.
"$python" -c 'import socket; socket.socket(socket.AF_UNIX).bind("context/b/d/s")'
ln context/b/d/s context/b/e/s
build context <<<$'FROM base\nCOPY b /s/'
listing=$(layer it)
assert_contains "$listing" "s/d/f"
assert_lacks "$listing" "s/d/s"
assert_lacks "$listing" "s/e/s"
