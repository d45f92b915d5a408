# ADD --checksum of something that is not fetched is refused: silently passing over it would be a false promise.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && touch context/file
assert_fails_with 125 builder build -f - context <<<$'FROM base\nADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 file /'
assert_contains "$output" "checksum flag is not supported for local sources"
