# A file that cannot be opened: the hint says which flag named it.
. "$(dirname "$0")/../library.sh"
mkdir context
printf 'FROM scratch\nCOPY a /\n' >context/Containerfile
echo 1 >context/a
build() { builder build "$@" context; }
for flag in "--ignorefile" "--authfile" "--build-arg-file" "--source-policy-file" "--decryption-key"; do
    assert_fails_with 125 build $flag nosuch
    assert_contains "$output" "hint: $flag names it: 'nosuch'"
    assert_fails_with 125 build $flag=nosuch
    assert_contains "$output" "hint: $flag names it: 'nosuch'"
done
assert_fails_with 125 build --secret id=x,src=nosuch
assert_contains "$output" "hint: --secret names it: 'id=x,src=nosuch'"
assert_fails_with 125 build --security-opt seccomp=nosuch
assert_contains "$output" "hint: --security-opt names it: 'seccomp=nosuch'"
# What no flag named gets no such hint.
assert_fails_with 125 build --label nosuch=1 -f missing
assert_lacks "$output" "names it"
rm context/a
assert_fails_with 125 build --label x=y
assert_lacks "$output" "names it"
# Without a Containerfile: one that is named nearly so, else what to do.
mkdir empty near
assert_fails_with 125 builder build empty
assert_contains "$output" "FROM names the image to begin with"
touch near/app.dockerfile near/app.dockerfile.dockerignore
assert_fails_with 125 builder build near
assert_contains "$output" "there is 'app.dockerfile': name it with -f"
