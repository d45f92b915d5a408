# --on-error: a shell where the failed command ran, or a working container of what it left; nothing of either in the cache.
. "$(dirname "$0")/../library.sh"
needs jq tmux
make_base
mkdir context
echo from-context >context/file
printf 'a long secret' >secret
cat >context/Containerfile <<'CONTAINERFILE'
FROM base AS tools
ENV COLOUR=blue
WORKDIR /work
COPY file .
RUN --mount=type=secret,id=s --mount=type=bind,target=/c \
    echo left >/left && rm file && exit 3
RUN echo never
CONTAINERFILE

assert_fails_with 125 builder build --on-error=nosuch context
assert_contains "$output" "--on-error takes fail, shell or keep"
# Without a terminal a shell is refused before anything runs.
assert_fails_with 125 builder build --on-error=shell --secret id=s,src=secret context </dev/null
assert_contains "$output" "--on-error=shell needs a terminal"
assert_lacks "$output" STEP

assert_fails_with 3 builder build --on-error=keep --secret id=s,src=secret context
assert_contains "$output" "tools-failed"
assert_contains "$output" "Containerfile:5"
assert_equal "$(builder containers --json | jq -r '.[].containername')" tools-failed
assert_equal "$(builder run tools-failed sh -c 'pwd; cat /left; ls; echo $COLOUR')" "/work
left
blue"
# What was mended by hand can become an image.
builder run tools-failed sh -c 'echo mended >/mended'
builder commit -q tools-failed mended >/dev/null
assert_equal "$(builder run "$(builder from mended)" cat /mended /left)" "mended
left"
# A second failure gets a name of its own; a build that ends well keeps nothing.
assert_fails_with 3 builder build --on-error=keep --secret id=s,src=secret context
assert_contains "$output" "tools-failed-1"
printf 'FROM base\nRUN true\n' | builder build -q --on-error=keep -f - context >/dev/null
builder rm -a >/dev/null
assert_equal "$(builder containers -q)" ""

# A shell on a terminal: with the step's files, mounts, secret, variables and folder, and the command in its history.
in_tmux() { tmux -S "$place/tmux" -f /dev/null "$@"; }
server_is_gone() { ! in_tmux list-sessions >/dev/null 2>&1; }
before_exit() { if in_tmux kill-server 2>/dev/null; then wait_until 10 server_is_gone; fi; }
shows() { in_tmux capture-pane -p | grep -qE -- "$1"; }
await() { wait_until 20 shows "$1" || fail "'$1' is not on the screen: $(in_tmux capture-pane -p)"; }
in_tmux new-session -d -x 120 -y 40 \
    "'$program' --root '$place/store' --runroot '$place/run' build --on-error=shell --secret id=s,src='$place/secret' '$place/context'; echo \"ended with \$?\"; exec sleep 1000"
await "This shell sees what it saw"
in_tmux send-keys 'echo "$COLOUR $(cat /left) $(cat /run/secrets/s) $(cat /c/file) $PWD"' Enter
await "^blue left a long secret from-context /work"
in_tmux send-keys 'echo changed >/left; tty' Enter
await "^/dev/(pts|console)"
in_tmux send-keys Up Up Up
await "rm file && exit 3$"
in_tmux send-keys C-c
in_tmux send-keys 'exit 0' Enter
await "ended with 3"
await "Containerfile:5"
# The cache knows nothing of it: the step runs again.
assert_fails_with 3 builder build --secret id=s,src=secret context
assert_equal "$(builder containers -q)" ""
# Where no shell can be started, the build still fails on the step.
printf 'FROM base\nSHELL ["/nosuch/sh", "-c"]\nRUN ["/bin/busybox", "sh", "-c", "exit 4"]\n' >context/shellless
before_exit
in_tmux new-session -d -x 120 -y 40 \
    "'$program' --root '$place/store' --runroot '$place/run' build --on-error=shell -f '$place/context/shellless' '$place/context'; echo \"ended with \$?\"; exec sleep 1000"
await "the failed step cannot be shown: .*nosuch"
await "ended with 4"
