# Who decides on the form of progress, and on colours: the flag, then $BUILDKIT_PROGRESS; NO_COLOR and CLICOLOR.
. "$(dirname "$0")/../library.sh"
make_base
unset NO_COLOR CLICOLOR BUILDKIT_PROGRESS
mkdir empty
printf 'FROM base\nRUN echo hello\n' >Containerfile
build() { builder build --no-cache -f Containerfile "$@" empty; }
is_plain() { grep -q -- '--> done in' <<<"$1"; }
is_json() { grep -q '"event":"step_finished"' <<<"$1"; }

is_plain "$(build)" && fail "a pipe gets plain lines of itself"
is_plain "$(BUILDKIT_PROGRESS=plain build)" || fail "BUILDKIT_PROGRESS does not count"
is_plain "$(BUILDKIT_PROGRESS=plain build --progress auto)" || fail "BUILDKIT_PROGRESS does not count beside auto"
[[ $(BUILDKIT_PROGRESS=rawjson build 2>&1) == *'{"vertexes":[{"digest":"sha256:'* ]] || fail "rawjson is not taken"
is_json "$(BUILDKIT_PROGRESS=plain build --progress json)" || fail "the flag does not count more"
assert_equal "$(BUILDKIT_PROGRESS=plain build -q | wc -l)" 1 "--quiet"
is_plain "$(BUILDKIT_PROGRESS='' build)" && fail "an empty variable counts"
export BUILDKIT_PROGRESS=xml
assert_fails_with 125 build
assert_contains "$output" '$BUILDKIT_PROGRESS takes auto, plain, tty, quiet, json or rawjson'
unset BUILDKIT_PROGRESS

escape=$'\e'
assert_contains "$(build --progress tty)" "$escape"
assert_lacks "$(NO_COLOR=1 build --progress tty)" "$escape"
assert_lacks "$(CLICOLOR=0 build --progress tty)" "$escape"
assert_contains "$(NO_COLOR= build --progress tty)" "$escape" "an empty NO_COLOR says nothing"
