# RUN --mount=type=cache,preset=NAME: the folders, sharing and variables of a package manager's cache.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
kept() { # PRESET, then what fills the cache and what looks at it, as shell commands
    builder build -q -f - empty <<<"FROM base"$'\n'"RUN --mount=type=cache,preset=$1 $2" >quiet || fail "$1: cannot fill it"
    builder build -q -t it -f - empty <<<"FROM base"$'\n'"RUN --mount=type=cache,preset=$1 $3 >/seen" >quiet || fail "$1: it is lost"
    assert_lacks "$(layer it)" "cache/" "$1: the cache is in the layer"
}
kept apt 'echo a >/var/cache/apt/f; echo l >/var/lib/apt/lists/f' 'cat /var/cache/apt/f /var/lib/apt/lists/f'
assert_equal "$(file it /seen)" $'a\nl'
kept npm 'echo n >$npm_config_cache/f' 'cat /var/cache/npm/f'
kept pip 'echo n >$PIP_CACHE_DIR/f' 'cat /var/cache/pip/f'
kept go 'echo m >$GOMODCACHE/f; echo b >$GOCACHE/f' 'cat /var/cache/go/mod/f /var/cache/go/build/f'
assert_equal "$(file it /seen)" $'m\nb'
kept maven 'echo r >/root/.m2/repository/f' 'cat /root/.m2/repository/f'
kept cargo 'echo r >/root/.cargo/registry/f; echo g >/root/.cargo/git/f' 'cat /root/.cargo/registry/f /root/.cargo/git/f'
# Variables of the image lead there, and what it sets itself stays.
builder build -q -t it -f - empty <<<$'FROM base\nENV CARGO_HOME=/opt/cargo PIP_CACHE_DIR=/mine\nRUN --mount=type=cache,preset=cargo,id=x --mount=type=cache,preset=pip grep -o " /opt/cargo/[a-z]*" /proc/mounts >/seen; echo $PIP_CACHE_DIR >>/seen' >quiet
assert_equal "$(sort <<<"$(file it /seen)")" $' /opt/cargo/git\n /opt/cargo/registry\n/mine'
assert_lacks "$(config it .config.Env)" npm
# target= is used instead of the table's folders.
builder build -q -t it -f - empty <<<$'FROM base\nRUN --mount=type=cache,preset=pip,target=/else env | grep -c PIP >/seen; grep -c " /else " /proc/mounts >>/seen' >quiet
assert_equal "$(file it /seen)" $'0\n1'
assert_fails_with 125 builder build -f - empty <<<$'FROM base\nRUN --mount=type=cache,preset=atp true'
assert_contains "$output" "there is no cache preset 'atp'"
assert_contains "$output" "did you mean apt?"
assert_fails_with 125 builder build -f - empty <<<$'FROM base\nRUN --mount=type=tmpfs,preset=apt,target=/x true'
