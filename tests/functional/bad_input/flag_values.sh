# Values that make no sense are refused before anything is built.
. "$(dirname "$0")/../library.sh"
needs_root
printf 'FROM scratch\n' >Containerfile
refuses() { # WORD ARGUMENTS...: the message names the flag or the value
    assert_fails_with 125 builder build "${@:2}" .
    assert_contains "$output" "$1"
}
refuses --format --format tar
refuses --pull --pull=sometimes
refuses --jobs --jobs=-1
refuses isolation --isolation=moon
refuses nowhere --network=nowhere
refuses --timestamp --timestamp=noon
refuses lots --memory=lots
refuses CAP_FLY --cap-add=fly
refuses nowhere.json --security-opt seccomp=nowhere.json
refuses platform --platform=a/b/c/d/e
refuses NO_SUCH --secret id=x,env=NO_SUCH
refuses --progress --progress=sparkling
refuses "received 3" a b
assert_equal "$(builder images -q)" ""
builder build -q --isolation=oci --pull=never --format oci . >/dev/null
