# debug resume: a build goes on from the working container that --on-error=keep has made of a failed step, on top of what was
# mended there; nothing of it comes into the cache.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
mkdir context
echo from-context >context/file
cat >context/Containerfile <<'CONTAINERFILE'
FROM base AS tools
WORKDIR /work
COPY file .
RUN echo ran >>/count && cat /mended >/result
RUN cat /result >/behind
FROM base
COPY --from=tools /count /result /behind /
LABEL last=one
CONTAINERFILE
fail_and_keep() { assert_fails_with 1 builder build --on-error=keep "$@" -t it context; }
fail_and_keep --label given=label
assert_contains "$output" "builder debug resume tools-failed goes on with the build"
builder run tools-failed sh -c 'echo mended by hand >/mended'
# The step's command runs again, then the rest; the flags are those of before, whatever the folder.
(mkdir -p elsewhere && cd elsewhere && builder debug resume >../log 2>&1) || fail "$(cat log)"
assert_equal "$(file it /result)" "mended by hand"
assert_equal "$(file it /behind)" "mended by hand"
assert_equal "$(file it /count)" $'ran\nran'
assert_equal "$(config it .config.Labels | jq -r '.given + .last')" labelone
# The cache knows nothing of it: a build without the container fails on the step as before.
assert_fails_with 1 builder build -t other context
assert_contains "$output" "cat /mended"
# It can be done again; with --done the container is what the step should have made.
builder run tools-failed sh -c 'echo without running >/result'
builder debug resume --done tools-failed >log 2>&1 || fail "$(cat log)"
assert_equal "$(file it /behind) $(file it /count)" "without running ran"
# Still not mended: the step fails again, and no second container is made.
builder run tools-failed sh -c 'rm /mended'
assert_fails_with 1 builder debug resume tools-failed
assert_contains "$output" "cat /mended"
assert_equal "$(builder containers --json | jq -r '.[].containername')" tools-failed
# Flags that are given besides count.
builder run tools-failed sh -c 'echo again >/mended'
builder debug resume tools-failed --label given=besides -t besides >log 2>&1 || fail "$(cat log)"
assert_equal "$(file besides /result)" again
# What stands in front of the step has changed since.
echo changed >context/file
assert_fails_with 125 builder debug resume tools-failed
assert_contains "$output" "the steps in front of this one do not give what 'tools-failed' stands on any more"
echo from-context >context/file
# It is in use.
mkfifo hold
builder run -v "$place/hold:/hold" tools-failed sh -c 'echo >/hold; read line </hold' >quiet 2>&1 &
user=$!
read -r _ <hold
assert_fails_with 125 builder debug resume tools-failed
assert_contains "$output" "is in use"
echo >hold
wait "$user"
# Passwords are not kept.
fail_and_keep --creds someone:pass-word-7 --build-arg HTTPS_PROXY=http://u:pass-word-7@127.0.0.1:9 --build-context x=https://u:pass-word-7@127.0.0.1:9/x.tar
if grep -rl pass-word-7 store; then fail "a password is in the store"; fi
assert_fails_with 125 builder debug resume
assert_contains "$output" "there are 2 containers of failed steps"
builder rm -a >quiet
assert_fails_with 125 builder debug resume
assert_contains "$output" "there is no container of a failed step"
builder from --name plain base >quiet
assert_fails_with 125 builder debug resume plain
assert_fails_with 1 builder build --on-error=keep -f - context <context/Containerfile
assert_fails_with 125 builder debug resume
assert_contains "$output" "standard input, which is gone"
builder rm -a >quiet
# What stood in front of the command counts, too: the user namespace of the steps. Steps in front are taken from the cache, also
# where the build was told not to.
printf 'FROM base\nRUN cat /proc/sys/kernel/random/uuid >/run-once\nRUN cat /proc/self/uid_map >/map; cat /mended\n' >context/Containerfile
assert_fails_with 1 builder --userns-uid-map 0:100000:65536 --userns-gid-map 0:100000:65536 build --no-cache --on-error=keep -t mapped context
name=$(builder containers --json | jq -r '.[].containername')
builder run "$name" sh -c 'echo y >/mended'
builder debug resume >log 2>&1 || fail "$(cat log)"
assert_equal "$(tr -s ' ' <<<"$(file mapped /map)")" " 0 100000 65536"
# Another file, in which the step is not there any more: the container is not passed over in silence.
printf 'FROM base\nLABEL a=b\nRUN true\n' >context/Containerfile
assert_fails_with 125 builder debug resume --done
assert_contains "$output" "this build has no step as the one that"
