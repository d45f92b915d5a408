# What a build draws on a terminal, as tmux shows it: running steps with their last lines, at 41 and at 200 columns, through
# changes of size; nothing of it is left at the end.
. "$(dirname "$0")/../library.sh"
needs tmux
make_base
mkdir empty context
unset NO_COLOR CLICOLOR BUILDKIT_PROGRESS
in_tmux() { tmux -S "$place/tmux" -f /dev/null "$@"; }
before_exit() { if in_tmux kill-server 2>/dev/null; then wait_until 10 server_is_gone; fi; }
start() { # COLUMNS ROWS BUILD-ARGUMENTS...: a build in a terminal of this size
    local columns=$1 rows=$2
    shift 2
    rm -f ended
    before_exit
    in_tmux new-session -d -x "$columns" -y "$rows" \
        "'$program' --root '$place/store' --runroot '$place/run' build $* ; echo \$? >'$place/ended'; exec sleep 1000"
}
server_is_gone() { ! in_tmux list-sessions >/dev/null 2>&1; }
screen() { in_tmux capture-pane -p; }
shows() { screen | grep -qE -- "$1"; }
lacks() { ! shows "$1"; }
await() { wait_until 20 shows "$1" || fail "'$1' is not on the screen: $(screen)"; }
go() { : >"$place/context/$1"; }
ended_with() {
    wait_until 20 test -s ended || fail "the build does not end: $(screen)"
    assert_equal "$(cat ended)" "$1" "the exit code"
}
widest() { screen | "$python" -c '
import sys, unicodedata
print(max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip("\n")) for line in sys.stdin))'; }

# Two stages at once, each with its last lines below it; names and output are cut where the terminal ends.
long=$(printf '漢字%.0s' {1..60})
cat >context/Containerfile <<CONTAINERFILE
FROM base AS one
RUN --mount=type=bind,target=/c : $long; for i in 1 2 3 4 5 6 7 8 9; do echo "line \$i of one"; done; printf 'no end'; while [ ! -e /c/go1 ]; do sleep 0.05; done
FROM base AS two
RUN --mount=type=bind,target=/c printf '10%%\r20%%\r30%%'; while [ ! -e /c/go2 ]; do sleep 0.05; done; printf '\r100%%\n\033[31mred\033[0m\033]0;title\007\033[2J'; while [ ! -e /c/go3 ]; do sleep 0.05; done
FROM base
COPY --from=one /etc/passwd /1
COPY --from=two /etc/passwd /2
CONTAINERFILE
for columns in 41 200; do
    rm -f context/go*
    start $columns 30 --no-cache -t it context
    await "^Building [0-9.]+s, [0-9]+ of 7 steps"
    await "^ +[0-9.]+s  \[one 2/2\] RUN"
    await "^ +line 9 of one"
    await "^ +no end$"
    await "^ +[0-9.]+s  \[two 2/2\] RUN"
    await "^ +30%$"
    lacks "^ +20%" || fail "what was written over is still there: $(screen)"
    lacks "line 2 of one" || fail "all of the output is there: $(screen)"
    (($(widest) < columns)) || fail "a line takes all of $columns columns: $(screen)"
    in_tmux capture-pane -p | "$python" -c 'import sys; sys.stdin.buffer.read().decode()' || fail "a character is cut"
    go go2
    await "^ +red$"
    lacks "^ +30%$" || fail "$(screen)"
    await "^ +100%$"
    # Colours are shown as they are meant; the rest of what steers terminals is not.
    in_tmux capture-pane -pe | grep -q $'\e\[[0-9;]*31mred' || fail "the colour is lost: $(in_tmux capture-pane -pe | cat -v)"
    go go1
    await "^ +[0-9.]+s  \[one 2/2\]"
    wait_until 20 lacks "^ +no end$" || fail "a step that has ended is not folded: $(screen)"
    go go3
    ended_with 0
    await "^Built in [0-9.]+s: 4 steps ran, 0 cached"
    lacks "^Building" || fail "the moving lines are left: $(screen)"
    assert_equal "$(screen | grep -c 'two 2/2')" 1 "lines of a step that has ended"
    await "Successfully tagged localhost/it:latest"
    await "^[0-9a-f]{${columns/200/64}}"
done

# A window that changes its size meanwhile, also to one with few rows: nothing is left over, nothing lost.
rm -f context/go*
start 120 30 --no-cache context
await "^ +30%$"
await "^ +no end$"
for size in "45 12" "160 40" "60 7" "100 30"; do
    in_tmux resize-window -x "${size% *}" -y "${size#* }"
    await "^Building"
    wait_until 10 eval '[[ $(screen | grep -c "^Building") == 1 ]]' || fail "after $size: $(screen)"
done
go go1 && go go2 && go go3
ended_with 0
lacks "^Building" || fail "the moving lines are left: $(screen)"
assert_equal "$(screen | grep -c 'Built in')" 1

# All cached: one line; with --explain one for each step.
# A step that reads files which have just been written may not be kept; the next time it is.
nothing_runs() { [[ $(builder build --progress json context | jq -s 'map(select(.outcome == "done")) | length') == 0 ]]; }
wait_until 20 nothing_runs || fail "steps run again and again"
start 100 20 context
ended_with 0
await "^Built in [0-9.]+s: 0 steps ran, 4 cached"
lacks RUN || fail "a cached step is told of: $(screen)"
start 100 20 --explain context
ended_with 0
await "^ cached  \[one 2/2\]"

# A failed step shows its last lines, the others are stopped.
printf 'FROM base AS a\nRUN echo why it fails; exit 3\nFROM base AS b\nRUN sleep 100\nFROM a\nCOPY --from=b /etc/passwd /\n' >context/failing
start 100 30 -f context/failing context
ended_with 3
await "^ failed  \[a 2/2\]"
await "why it fails"
lacks "^Building" || fail "the moving lines are left: $(screen)"
await "exit code 3|exit status 3"

# Why a step ran again.
printf 'FROM base\nCOPY go1 /\n' >context/reason
start 100 20 -f context/reason context && ended_with 0
echo changed >context/go1
start 100 20 -f context/reason context && ended_with 0
await "because file go1 changed \([0-9a-f]{12} → [0-9a-f]{12}\)"

# A dumb terminal gets plain lines, and none that moves.
for terminal in dumb ""; do
    before_exit
    rm -f ended
    in_tmux new-session -d -x 80 -y 30 \
        "TERM=$terminal '$program' --root '$place/store' --runroot '$place/run' build --no-cache -f context/reason context; echo \$? >ended; exec sleep 1000"
    ended_with 0
    await "^STEP 2/2: COPY go1 /"
done
