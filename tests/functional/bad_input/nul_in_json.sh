# JSON can write a NUL byte, at which the kernel would end a word: a step that has one is refused. CMD is not done here.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && touch context/a
for line in 'RUN ["/bin/sh","-c","true\u0000; exit 3"]' 'COPY ["a\u0000b","/x"]' 'ADD ["a","/x\u0000b"]' 'VOLUME ["/a\u0000b"]' 'SHELL ["/bin/sh\u0000"]'; do
    assert_refused -f - context <<<$'FROM base\n'"$line"
    assert_contains "$output" "NUL byte"
    assert_contains "$output" "standard input:2"
done
build context <<<$'FROM base\nCMD ["a\\u0000b"]'
assert_equal "$(config it '.config.Cmd')" '["a\u0000b"]'
