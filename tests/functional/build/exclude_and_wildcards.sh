# --exclude says what is not copied, not what is there; a wildcard in a folder that is not there is a slip.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/t && touch context/a.md context/b.txt context/t/a context/t/b
build context <<<$'FROM base\nCOPY --exclude=*.md * /n/\nRUN ls /n >/list'
assert_equal "$(file it /list)" $'a\nb\nb.txt'
printf 't\n!t/a\n' >context/.dockerignore
build context <<<$'FROM base\nCOPY --exclude=a t/ /n/\nRUN ls /n >/list'
assert_equal "$(file it /list)" ""
# What the ignore file leaves out is not there.
assert_fails_with 125 builder build -f - context <<<$'FROM base\nCOPY t/b /n/'
rm context/.dockerignore
# A file that is named is copied; one that a wildcard finds is held against --exclude by its path, a folder's content by the path in it.
build context <<<$'FROM base\nCOPY --exclude=*.md --exclude=a a.md t/a /n/\nRUN ls /n >/list'
assert_equal "$(file it /list)" $'a\na.md'
build context <<<$'FROM base\nCOPY --exclude=*.md --exclude=a *.md t/* t /n/\nRUN ls /n >/list'
assert_equal "$(file it /list)" $'a\nb'
# A folder that a link leads to has its own paths for --exclude.
ln -s t context/link
build context <<<$'FROM base\nCOPY --exclude=a link /n/\nRUN ls /n >/list'
assert_equal "$(file it /list)" b
rm context/link
# A wildcard in a folder has to fit something; one at the top of the context need not.
build context <<<$'FROM base\nCOPY none* /n/'
assert_fails_with 125 builder build -f - context <<<$'FROM base\nCOPY t/x* t/y* /n/'
assert_contains "$output" 'stat: ["/t/x*"]: no such file or directory'
# Beside what is copied it may fit nothing, as with Buildah.
build context <<<$'FROM base\nCOPY t/x* a.md /n/\nRUN ls /n >/list'
assert_equal "$(file it /list)" a.md
for line in 'COPY no/* /n/' 'COPY --from=base /no/* /n/'; do
    assert_fails_with 125 builder build -f - context <<<$'FROM base\n'"$line"
    assert_contains "$output" "'/no', where 'no/*' would be looked for, is not in"
done
