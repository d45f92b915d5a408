# The login that a git address carries reaches the server and nobody else: it is no argument of a program, which every user of the
# machine could read, lies in no .git folder of an image, and no other server gets it. Either part of it may be a token.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served empty programs && new_repository served/app.git
printf 'FROM base\nCOPY . /all/\n' >served/app.git/Dockerfile
commit_all served/app.git app
git=$(command -v git)
printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>%q\nexec %q "$@"\n' "$place/arguments" "$git" >programs/git && chmod 755 programs/git
servers=()
before_exit() { ((${#servers[@]} == 0)) || kill "${servers[@]}"; }
serve_one() { # ANOTHER-TOKEN...: in the place of the server before, which stays
    [[ -z ${server:-} ]] || servers+=("$server")
    rm -f git.log
    serve_git served "$@"
}
serve_one s3cret/tok@n
address="http://x-access-token:s3cret%2Ftok%40n@${url#http://}"
watched() { : >arguments && PATH=$place/programs:$PATH builder build -q --no-cache -t it "$@" >/dev/null; }
assert_quiet() { # WORD WHAT
    [[ -s arguments ]] || fail "$2: git was not run"
    assert_lacks "$(cat arguments)" "$1" "arguments of git, $2"
    assert_lacks "$(builder inspect it)" "$1" "the image, $2"
}
assert_fails_with 125 watched "$url/app.git" # that a login is needed
watched "$address/app.git"
assert_quiet s3cret "a context"
assert_line "$(layer it)" "all/Dockerfile file 0644 0:0 23"
watched --build-arg PASSWORD=s3cret%2Ftok%40n -f - empty <<CONTAINERFILE
FROM base
ARG PASSWORD
ADD --keep-git-dir=true http://x-access-token:\${PASSWORD}@${url#http://}/app.git /src/
CONTAINERFILE
assert_quiet s3cret "ADD"
assert_contains "$(file it /src/.git/config)" "url = $url/app.git"
assert_lacks "$(file it /src/.git/config)" x-access-token

# A token in the place of the user, as some servers take it.
serve_one
watched -f - empty <<<$'FROM base\nADD --keep-git-dir=true '"http://us3r-token:x-oauth-basic@${url#http://}/app.git /src/"
assert_quiet us3r-token "a token as user"
assert_contains "$(file it /src/.git/config)" "url = $url/app.git"

# The first server leads to this one, which asks for a login and gets none.
serve_one another
assert_fails_with 125 watched "$address/away/${url/127.0.0.1/localhost}/app.git"
assert_contains "$(cat git.log)" "GET /app.git/info/refs"
assert_lacks "$(cat git.log)" authorized
