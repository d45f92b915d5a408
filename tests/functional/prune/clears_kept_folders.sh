# prune empties the caches of RUN --mount and the git repositories, unless somebody is building.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served && new_repository served/app.git && echo x >served/app.git/file && commit_all served/app.git first
serve_git served
build_empty <<<$'FROM base\nADD '"$url"$'/app.git /src\nRUN --mount=type=cache,target=/c head -c 1000000 /dev/zero >/c/file'
[[ -n $(ls store/git) && -n $(ls store/cache-mounts) ]] || fail "there is nothing to clear"
(builder build --no-cache -q -f - empty >/dev/null <<<$'FROM base\nRUN --mount=type=cache,target=/hold touch /hold/begun; while test ! -e /hold/end; do sleep 0.05; done') &
holder=$!
wait_until 20 eval 'ls store/cache-mounts/*/begun' >/dev/null 2>&1 || fail "the build did not begin"
builder prune 2>/dev/null >/dev/null
[[ -n $(ls store/cache-mounts/*/file) ]] || fail "a cache went while a build was running"
touch "$(dirname "$(ls store/cache-mounts/*/begun)")/end"
wait "$holder"
output=$(builder prune 2>&1)
[[ ! -e store/git && ! -e store/cache-mounts ]] || fail "something is left: $output"
build_empty <<<$'FROM base\nRUN --mount=type=cache,target=/c test ! -e /c/file'
