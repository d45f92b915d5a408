# A RUN that only changes owners or modes of many bytes is told of: they are in the image once more.
. "$(dirname "$0")/../library.sh"
needs_root
make_base
mkdir context
head -c 12000000 /dev/urandom >context/large
builder build -q -t large -f - context <<<$'FROM base\nCOPY large /data/' >quiet
notices() { builder build --no-cache -f - context <<<"$1" 2>&1 >quiet | grep notice; }
said=$(notices $'FROM large\nRUN chmod -R 600 /data')
assert_contains "$said" "RUN chmod -R 600 /data changed only the owner or mode of 1 file, which are in the image once more: 12 MB"
assert_contains "$(notices $'FROM large\nRUN chown 7:8 /data/large')" "12 MB"
# A folder where a file was is no mistake.
builder build -q -t file -f - context <<<$'FROM base\nRUN echo a >/place' >quiet
builder build -q -f - context <<<$'FROM file\nRUN rm /place && mkdir /place && echo b >/place/in && chmod 600 /place/in' >quiet
# Nothing that was written anew, nothing small, nothing that stayed.
for quiet in 'chmod 600 /data/large; echo >>/data/large' 'chmod 600 /etc/passwd' 'chmod 644 /data/large'; do
    said=$(builder build --no-cache -f - context <<<$'FROM large\nRUN '"$quiet" 2>&1 >built) || fail "$quiet: $said"
    assert_lacks "$said" "once more"
done
