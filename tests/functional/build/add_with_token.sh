# A secret named for the server opens it; another server that it leads to does not see it; it is nowhere afterwards.
. "$(dirname "$0")/../library.sh"
make_base
mkdir served empty && echo private >served/file && printf 's3cret-token\n' >token
serve_caching private.log served s3cret-token
private=$server private_url=$url
run_build() { builder build -q -t it "$@" -f - empty; }
assert_fails_with 125 run_build <<<$'FROM base\nADD '"$url/file"$' /x'
assert_contains "$output" "HTTP_AUTH_TOKEN_"
host=${url#http://}
run_build --secret id=HTTP_AUTH_TOKEN_"$host",src=token >/dev/null <<<$'FROM base\nADD '"$url/file"$' /x'
assert_equal "$(file it /x)" "private"
run_build --secret id=HTTP_AUTH_TOKEN_127.0.0.1,src=token >/dev/null <<<$'FROM base\nADD '"$url/file"$' /y'
echo "Bearer s3cret-token" >header
run_build --secret id=HTTP_AUTH_HEADER_"$host",src=header >/dev/null <<<$'FROM base\nADD '"$url/file"$' /z'
! grep -rq s3cret-token store || fail "the token is in the store"
serve_caching served.log served # in its place from here on; no token needed
echo open >served/open
run_build --secret id=HTTP_AUTH_TOKEN_"$host",src=token >/dev/null <<<$'FROM base\nADD '"$private_url/away/$url/open"$' /w'
kill "$private"
assert_equal "$(file it /w)" open
assert_contains "$(cat served.log)" "GET /open"
assert_lacks "$(cat served.log)" authorized
