# A name that begins with .wh. cannot be in a layer: the build fails, and says which step made it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo x >context/.wh.x
tar -C context -cf context/x.tar .wh.x
for line in 'COPY .wh.x /copied/' 'ADD x.tar /unpacked/' 'RUN touch /.wh.x'; do
    assert_refused -q -f - context <<<$'FROM base\nRUN true\n'"$line"$'\nRUN true'
    assert_contains "$output" ".wh.x"
    assert_contains "$output" "$line"
done
