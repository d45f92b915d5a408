# What the command line asks of the containers of steps is part of the key of RUN: another value runs it again, the same one
# does not, whatever the order; and limits, which change no result, do not.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
printf 'FROM base\nRUN cat /etc/hosts /etc/resolv.conf >/seen; ulimit -n >>/seen; df /dev/shm >>/seen; grep Cap /proc/self/status >>/seen; id >>/seen\n' >Containerfile
is_cached() { # FLAGS...
    local said
    said=$(builder build "$@" -f Containerfile empty 2>&1) || fail "$*: $said"
    grep -qi 'cache' <<<"$(grep -A1 '^STEP 2/2' <<<"$said")"
}
try() { # FLAGS, split at spaces: not cached at first, then cached
    read -ra words <<<"$1"
    ! is_cached "${words[@]}" || fail "'$1' was taken from the cache of another value"
    is_cached "${words[@]}" || fail "'$1' was not taken from its own cache"
}
try ""
for flags in "--add-host one:10.0.0.1" "--add-host one:10.0.0.2" "--cap-drop chown" "--cap-add sys_ptrace" "--ulimit nofile=100:100" \
    "--ulimit nofile=101:101" "--dns 10.0.0.3" "--dns-search example.com" "--shm-size 1m" "--security-opt no-new-privileges" \
    "--group-add staff" "--isolation chroot" "--no-hosts" "--device /dev/null:/dev/other" "--ipc host" "--userns-uid-map 0:200000:65536 --userns-gid-map 0:200000:65536" \
    "--add-host one:10.0.0.1 --cap-drop chown"; do
    try "$flags"
done
is_cached --cap-drop chown --add-host one:10.0.0.1 || fail "the order of flags makes a difference"
is_cached --jobs 1 --cpu-shares 512 || is_cached --jobs 1 || fail "the number of jobs makes a difference"
