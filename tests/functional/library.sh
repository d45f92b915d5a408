# What the functional tests share. A test sources it first; it then stands in an empty folder of its own, with a store of its
# own, both removed at the end. A test ends with status 0, with 77 where it cannot run here, else it has failed.
set -euo pipefail

program=${BUILDER:-$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../build/bin/builder}
program=$(readlink -f "$program")
tests=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
python=/usr/bin/python3
place=$(mktemp -d "${TMPDIR:-/tmp}/builder-test.XXXXXX")
export BUILDER_CASES=${BUILDER_CASES:-$tests/../../../shared/cases}
export CONTAINERS_REGISTRIES_CONF=$tests/registries.conf
export CONTAINERS_CONF=/dev/null CONTAINERS_STORAGE_CONF=/dev/null # not those of this machine
unset SOURCE_DATE_EPOCH REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_RUNTIME_DIR XDG_CONFIG_HOME
cd "$place"

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

skip() {
    printf 'SKIPPED: %s\n' "$*"
    exit 77
}

needs() {
    local tool
    for tool in "$@"; do command -v "$tool" >/dev/null || skip "$tool is not installed"; done
}

needs_root() { ((EUID == 0)) || skip "only root may do what this needs"; }

builder() { "$program" --root "$place/store" --runroot "$place/run" "$@"; }

# A test passes only when nothing of it is left: no mount, no process, no staged file.
processes_left() {
    local process
    pgrep --full -- "$place/store" || true
    # The runner names no store: it is known by where it was started.
    for process in $(pgrep --exact builder-runner || true); do
        [[ $(readlink "/proc/$process/cwd" 2>/dev/null) != "$place"* ]] || echo "$process"
    done
}
mounts_left() { grep -F "$place" /proc/self/mountinfo || true; }
staged_left() { ls "$place/store/staging" 2>/dev/null || true; }

# wait_until SECONDS COMMAND...: true as soon as the command is. Every wait has a deadline, none is a guess.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.02
    done
}

no_process_left() { [[ -z $(processes_left) ]]; }

assert_nothing_left() {
    wait_until 10 no_process_left || fail "processes are left: $(processes_left)"
    [[ -z $(mounts_left) ]] || fail "mounts are left: $(mounts_left)"
    [[ -z $(staged_left) ]] || fail "the staging folder is not empty: $(staged_left)"
}

# A test that has more to take away defines this anew: a trap of its own would lose the status.
before_exit() { :; }
at_exit() {
    local status=$?
    trap - EXIT
    before_exit || { ((status)) || status=1; }
    [[ -z ${server:-} ]] || kill "$server"
    if ((status == 0)) && ! (assert_nothing_left); then status=1; fi
    cd /
    umount "$place/store" 2>/dev/null || true # of the one test that mounts something there
    rm -rf "$place" || true
    exit "$status"
}
trap at_exit EXIT

assert_equal() { # WHAT-IS WHAT-SHOULD-BE [ABOUT]
    [[ $1 == "$2" ]] || fail "${3:+$3: }is '$1', should be '$2'"
}
assert_different() { [[ $1 != "$2" ]] || fail "${3:+$3: }both are '$1'"; }
assert_contains() { [[ $1 == *"$2"* ]] || fail "${3:+$3: }'$2' is not in: $1"; }
assert_lacks() { [[ $1 != *"$2"* ]] || fail "${3:+$3: }'$2' is in: $1"; }
assert_line() { grep -qxF -- "$2" <<<"$1" || fail "there is no line '$2' in: $1"; }

# Runs a command that must fail with this exit code; what it printed is in $output.
assert_fails_with() {
    local code=$1 status=0
    shift
    output=$("$@" 2>&1) || status=$?
    ((status == code)) || fail "exit code $status instead of $code from: $*; it printed: $output"
}

# an_ordinary_user with_ranges|with_one_id: makes a user "tester" for this test, with a home that holds a copy of the program;
# in_users_place COMMAND… then runs a command as that user, and user_builder the program.
an_ordinary_user() {
    needs_root
    needs unshare setpriv
    [[ $1 == with_one_id ]] || needs newuidmap
    local file
    mkdir etc home && chmod 755 "$place" && chown 4711:4711 home
    cp "$program" home/builder
    for file in passwd group; do cp "/etc/$file" "etc/$file"; done
    echo "tester:x:4711:4711::$place/home:/bin/sh" >>etc/passwd
    echo "tester:x:4711:" >>etc/group
    if [[ $1 == with_ranges ]]; then echo "tester:200000:65536"; fi >etc/subuid
    cp etc/subuid etc/subgid
    local error
    error=$(in_users_place unshare --user true 2>&1) || skip "this kernel lets no ordinary user make user namespaces: $error"
}
# The files that say who there is are those of the test, in a mount namespace of its own: the machine's stay as they are.
in_users_place() {
    unshare --mount sh -c '
        for file in passwd group subuid subgid; do
            [ -e /etc/$file ] || : >/etc/$file
            mount --bind "$0/etc/$file" /etc/$file || exit 99
        done
        export HOME=$0/home
        [ ! -e "$0/tun" ] || mount --bind "$0/tun" /dev/net/tun || exit 99
        exec setpriv --reuid 4711 --regid 4711 --clear-groups -- "$@"' "$place" "$@"
}
user_builder() { in_users_place "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" "$@"; }

# a_locked_down_place: prepares locked_down ARGUMENTS…, which runs the program where nothing is allowed, as in a pod without
# capabilities and namespaces.
a_locked_down_place() {
    needs_root
    needs unshare setpriv
    mkdir -m 777 home
    cp "$program" home/builder && chmod 755 "$place" home/builder
    local error
    error=$(locked_down version 2>&1) || skip "no such place can be made here: $error"
}
in_locked_down_place() {
    unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --no-new-privs \
        --bounding-set=-all --inh-caps=-all "$@"' sh "$@"
}
locked_down() { in_locked_down_place "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" "$@"; }

# The base image: BusyBox, made by builder itself. Named "base".
make_base() {
    needs_root
    [[ -x /bin/busybox ]] || skip "busybox-static is not installed"
    mkdir base-context
    cp /bin/busybox base-context/busybox
    builder build -q -t base -f - base-context >/dev/null <<'CONTAINERFILE'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -m 1777 /tmp && mkdir -p /etc /root && \
    printf 'root:x:0:0:root:/root:/bin/sh\nalice:x:1234:1235::/home/alice:/bin/sh\n' >/etc/passwd && \
    printf 'root:x:0:\nstaff:x:50:alice\nalice:x:1235:\nmakers:x:77:root,alice\n' >/etc/group
CONTAINERFILE
    rm -r base-context
}

# Builds the Containerfile on standard input with an empty context, or the one of the arguments; the image is "it".
build() { builder build -q -t it -f - "$@" >build.id; }
build_empty() {
    mkdir -p empty
    build "$@" empty
}
# The same, giving what was printed.
build_log() { builder build -t it -f - "$@" 2>&1; }

# write_oci IMAGE: the image as an OCI folder, uncompressed; prints the folder.
write_oci() {
    local folder
    folder=$(mktemp -d "$place/oci.XXXXXX")
    builder push -q --disable-compression "$1" "oci:$folder/image:x"
    echo "$folder/image"
}

# layer IMAGE [NUMBER]: the entries of a layer, a line each; the topmost by default. The form is that of image_facts.py.
layer() { "$python" "$tests/image_facts.py" "$(write_oci "$1")" layer "${2:--1}"; }
# file IMAGE PATH: the content of a file of the image.
file() { "$python" "$tests/image_facts.py" "$(write_oci "$1")" file "$2"; }
# config IMAGE FILTER: a part of the image's configuration, through jq.
config() { builder inspect "$1" | jq -cS ".Config | fromjson | $2"; }

# serve FOLDER: serves it over HTTP on a free port of 127.0.0.1 till the end of the test; sets $url.
serve() {
    "$python" -u -m http.server --bind 127.0.0.1 --directory "$1" 0 >served.log 2>&1 &
    server=$!
    wait_until 20 grep -q 'Serving HTTP' served.log || fail "the HTTP server did not start: $(cat served.log)"
    url=http://127.0.0.1:$(grep -o 'port [0-9]*' served.log | cut -d' ' -f2)
}

# Gives the numbers of processes whose command line is exactly this.
process_of() { pgrep --full --exact -- "$*" || true; }
is_running() { [[ -n $(process_of "$@") ]]; }

# Runs a build that must fail with 125 and leave no image "it"; what it printed is in $output.
assert_refused() { # BUILD-ARGUMENTS...
    assert_fails_with 125 builder build -t it "$@"
    local refusal=$output
    assert_fails_with 125 builder inspect it
    output=$refusal
}

# What SQLite says of the store's database: "ok", and every layer that it names has its folder.
sqlite_check() {
    "$python" - "$place/store" <<'PROGRAM'
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1] + '/store.db')
missing = [name for (name,) in database.execute('SELECT folder FROM layers') if not os.path.isdir(f'{sys.argv[1]}/layers/{name}/diff')]
print(database.execute('PRAGMA integrity_check').fetchone()[0], *missing)
PROGRAM
}

# commit_all REPOSITORY MESSAGE: everything in it as a commit of 2020, so that its ID is always the same.
commit_all() {
    git -C "$1" add --all
    GIT_AUTHOR_DATE='2020-02-02 02:02:02 +0000' GIT_COMMITTER_DATE='2020-02-02 02:02:02 +0000' \
        git -C "$1" -c user.name=test -c user.email=test@localhost commit --quiet --message "$2"
}
new_repository() { git -c init.defaultBranch=main init --quiet "$1"; }

# serve_git FOLDER [TOKEN]: serves its repositories over HTTP till the end of the test; sets $url.
serve_git() {
    : >git.log
    "$python" "$tests/git_server.py" "$@" >>git.log 2>&1 &
    server=$!
    wait_until 20 grep -q '^port' git.log || fail "the git server did not start: $(cat git.log)"
    url=http://127.0.0.1:$(sed -n 's/^port //p' git.log)
}

# start_registry: a registry of Debian's on a free port of 127.0.0.1 till the end of the test; sets $registry, its host and port.
start_registry() {
    needs docker-registry
    local port
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    registry=127.0.0.1:$port
    printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "%s"}\n' \
        "$place/registry-data" "$registry" >registry.yml
    docker-registry serve registry.yml >registry.log 2>&1 &
    server=$!
    wait_until 20 registry_answers || fail "the registry did not start: $(cat registry.log)"
}
registry_answers() { (exec 3<>"/dev/tcp/${registry%:*}/${registry#*:}") 2>/dev/null; }

# serve_caching LOG FOLDER [etag] [TOKEN]: see caching_server.py; sets $url. What it was asked is in the file LOG.
serve_caching() {
    local log=$1
    shift
    : >"$log"
    "$python" "$tests/caching_server.py" "$@" >>"$log" 2>&1 &
    server=$!
    wait_until 20 grep -q '^port' "$log" || fail "the HTTP server did not start: $(cat "$log")"
    url=http://127.0.0.1:$(sed -n 's/^port //p' "$log")
}
