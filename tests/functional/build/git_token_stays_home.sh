# The token for a git server goes nowhere else: not where the server's redirects lead, not over a network in the clear, and not to
# a second server where it names none. Redirects of the server to itself are followed with it.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served empty && new_repository served/app.git && echo app >served/app.git/app && commit_all served/app.git app
printf s3cret-token >token
serve_git served s3cret-token
home=$server home_url=$url
mv git.log home.log && ln home.log git.log
add() { builder build -q --no-cache --secret id="$1",src=token -t it -f - empty <<<$'FROM base\nADD '"$2"$' /src/'; }
host=${home_url#http://}
add "GIT_AUTH_TOKEN.$host" "$home_url/moved/app.git" >/dev/null
assert_equal "$(file it /src/app)" app
assert_contains "$(cat home.log)" "GET /app.git/info/refs?service=git-upload-pack HTTP/1.1\" 200"

rm git.log
serve_git served # in its place from here on; no token needed
add "GIT_AUTH_TOKEN.$host" "$home_url/away/${url/127.0.0.1/localhost}/app.git" >/dev/null
assert_equal "$(file it /src/app)" app
assert_contains "$(cat home.log)" "/away/http://localhost"
assert_contains "$(cat git.log)" "GET /app.git/info/refs"
assert_lacks "$(cat git.log)" authorized

: >git.log
builder build -q --no-cache --secret id=GIT_AUTH_TOKEN,src=token -t it -f - empty >/dev/null <<CONTAINERFILE
FROM base
ADD $home_url/app.git /one/
ADD ${url/127.0.0.1/localhost}/app.git /two/
CONTAINERFILE
assert_contains "$(cat git.log)" "GET /app.git/info/refs"
assert_lacks "$(cat git.log)" authorized "a secret without a host is for one"
kill "$home"

assert_fails_with 125 add GIT_AUTH_TOKEN.git.example "http://git.example/app.git"
assert_contains "$output" "unencrypted"
