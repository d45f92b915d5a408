# --secret: where a value comes from, in all the ways that Buildah and BuildKit write it.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
printf of-the-file >token
export TOKEN_VARIABLE=of-the-variable token=of-the-name
printf 'FROM base\nRUN --mount=type=secret,id=token cat /run/secrets/token >/seen\n' >Containerfile
given() { # WORDS…: what the secret was
    builder build -q --no-cache -t it --secret "$1,scan=false" -f Containerfile empty >/dev/null
    file it /seen
}
assert_equal "$(given id=token,src=token)" of-the-file
assert_equal "$(given id=token,source=token,type=file)" of-the-file
assert_equal "$(given id=token,type=file)" of-the-file
assert_equal "$(given type=file,src=token)" of-the-file
assert_equal "$(given id=token)" of-the-name
assert_equal "$(given id=token,type=env)" of-the-name
assert_equal "$(given id=token,env=TOKEN_VARIABLE)" of-the-variable
assert_equal "$(given id=token,type=env,src=TOKEN_VARIABLE)" of-the-variable
assert_equal "$(given id=token,type=env,source=TOKEN_VARIABLE)" of-the-variable
assert_equal "$(given id=token,type=env,env=TOKEN_VARIABLE)" of-the-variable
# And where it goes to: a variable instead of a file.
builder build -q --no-cache -t it --secret id=token,src=token,scan=false -f - empty >/dev/null <<'CONTAINERFILE'
FROM base
RUN --mount=type=secret,id=token,type=env echo $token >/by-type
RUN --mount=type=env,id=token,env=T test ! -e /run/secrets/token && echo $T >/by-name
RUN --mount=type=env,id=token,target=U echo $U >/by-target
CONTAINERFILE
for how in type name target; do assert_equal "$(file it /by-$how)" of-the-file; done
for bad in "id=token,type=other" "id=token,type=env,src=NO_SUCH" "id=token,what=1"; do
    assert_fails_with 125 builder build --secret "$bad" -f Containerfile empty
done
