# What a repository or its server says makes git run nothing: no hooks and no filters, whatever this user's own configuration
# would allow; submodules are no folders of this machine (CVE-2018-11235, CVE-2024-32002, CVE-2024-32004, CVE-2021-21300).
# The user's filters serve what the command line names.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served empty home hooks programs && new_repository served/app.git && new_repository served/part.git
for hook in post-checkout post-merge reference-transaction post-index-change fsmonitor-watchman; do
    printf '#!/bin/sh\ntouch %q\n' "$place/hook-ran" >hooks/$hook
done
chmod 755 hooks/*
export HOME=$place/home
cat >home/.gitconfig <<CONFIG
[core]
    hooksPath = $place/hooks
    fsmonitor = touch $place/monitor-ran
[filter "evil"]
    smudge = "touch $place/filter-ran; cat"
CONFIG
no_config() { GIT_CONFIG_GLOBAL=/dev/null "$@"; }
echo part >served/part.git/part && no_config commit_all served/part.git part
printf '* filter=evil\n' >served/app.git/.gitattributes
printf 'FROM base\nCOPY . /all/\n' | tee served/app.git/Dockerfile >served/app.git/file
mkdir served/app.git/.githooks && cp hooks/post-checkout served/app.git/.githooks/
serve_git served
no_config git -C served/app.git -c protocol.file.allow=always submodule --quiet add "$url/part.git" part
no_config commit_all served/app.git app
forget() { rm -f hook-ran filter-ran monitor-ran; }

# That git by itself would run all of that.
git clone --quiet "$url/app.git" clone 2>/dev/null
[[ -e hook-ran && -e filter-ran ]] || fail "git runs no hook or filter of the user anyway"

forget
add() { builder build -q --no-cache -t it -f - empty <<<$'FROM base\nADD '"$1" >/dev/null; }
add "--keep-git-dir=true $url/app.git /src/"
assert_equal "$(file it /src/part/part)" part
[[ ! -e hook-ran && ! -e filter-ran && ! -e monitor-ran ]] || fail "ADD ran something: $(ls)"
assert_lacks "$(layer it)" .git/hooks "ADD"

forget
builder build -q --no-cache -t it "$url/app.git" >/dev/null
[[ -e filter-ran ]] || fail "for what the command line names the user's filters are there"
[[ ! -e hook-ran && ! -e monitor-ran ]] || fail "the context ran something: $(ls)"

# Commands and options in what a repository says of its submodules (CVE-2019-19604, CVE-2018-17456).
git -C served/app.git config --file .gitmodules submodule.part.update "!touch $place/hook-ran"
no_config commit_all served/app.git update
assert_fails_with 125 add "$url/app.git /src/"
[[ ! -e hook-ran ]] || fail "the command for updates of a submodule was run"
git -C served/app.git config --file .gitmodules --unset submodule.part.update
for address in "-u./touch" "--upload-pack=touch $place/hook-ran" "ssh://-oProxyCommand=touch%20$place/hook-ran/x"; do
    git -C served/app.git config --file .gitmodules submodule.part.url "$address"
    no_config commit_all served/app.git "$address"
    assert_fails_with 125 add "$url/app.git /src/"
    [[ ! -e hook-ran ]] || fail "an option was taken: $address"
done

# Submodules that are folders of this machine.
for address in "file://$place/served/part.git" "$place/served/part.git" "../../../../..$place/served/part.git" "ext::touch $place/hook-ran"; do
    git -C served/app.git config --file .gitmodules submodule.part.url "$address"
    no_config commit_all served/app.git "$address"
    assert_fails_with 125 add "$url/app.git /src/"
    assert_lacks "$(ls)" hook-ran "$address"
done
