# Where nothing is allowed, as in a pod without capabilities and namespaces, builds give the same image as root's, with
# what their steps did: their calls are carried out beside them.
source "$(dirname "$0")/../library.sh"
a_locked_down_place
mkdir context
cp /bin/busybox context/busybox
cat >context/Containerfile <<'END'
FROM scratch AS first
COPY --chown=7:8 --chmod=755 busybox /bin/busybox
WORKDIR /work
RUN ["/bin/busybox", "--install", "-s", "/bin"]
FROM first
COPY --from=first /bin /again
ADD --chown=9 Containerfile .
RUN mkdir -p /data/old/deep && echo 1 >/data/old/deep/one && echo 2 >/data/two && chown -R 1234:1235 /data
RUN rm -r /data/old && mkdir /data/old && touch /data/old/new && rm /data/two && ln -s file /data/link && chown -h 77:78 /data/link
RUN mkfifo -m 600 /data/pipe && (echo through the pipe >/data/pipe &) && test "$(cat /data/pipe)" = "through the pipe"
RUN echo hidden >/closed && chmod 0 /closed && test "$(cat /closed)" = hidden && mkdir -m 0 /shut && echo in >/shut/in
RUN test "$(stat -c %a:%u:%g /closed /data/old/new | tr '\n' ' ')" = "0:0:0 644:0:0 " && umask 077 && touch /private
RUN mv /data/link /data/moved && ln /data/old/new /data/hard && test /data/hard -ef /data/old/new && cat /closed
RUN --mount=type=tmpfs,target=/mnt/memory --mount=type=cache,target=/cache touch /mnt/memory/x /cache/y
RUN --mount=type=cache,target=/cache --mount=type=bind,target=/context test -e /cache/y -a -e /context/busybox
RUN --mount=type=secret,id=word test "$(cat /run/secrets/word)" = sesame && ! echo x >/run/secrets/word
RUN <<SCRIPT
#!/bin/sh -e
cd /data && pwd >here && test "$(readlink /proc/self/cwd)" = /data && test "$(readlink /proc/self/exe)" = /bin/busybox
SCRIPT
RUN grep -q ' / ' /proc/mounts && grep -q ' /dev ' /proc/self/mountinfo && ! grep -q /store/ /proc/self/maps
RUN ! test -e /no && ! sh -c 'exit 3' && (sh -c 'kill -9 $$' || test $? = 137) && ! timeout 1 cat /data/pipe
WORKDIR /made/by
RUN test "$PWD" = /made/by && touch it && mkdir -m 1777 /open
USER 55:66
RUN test "$(id -u):$(id -g)" = 55:66 && mkdir -p /open/of && touch /open/of/mine && ! test -w /closed
END
echo sesame >word
flags=(-q --no-cache --timestamp 0 --rewrite-timestamp --secret id=word,src=word -t it)
locked_down build "${flags[@]}" context >locked.id 2>locked.log || fail "$(cat locked.log)"
assert_equal "$(cat locked.id)" "$(builder --storage-driver vfs build "${flags[@]}" context)" "the image of the pod"
locked_down push -q it "oci:$place/home/out:x"
assert_lacks "$("$python" "$tests/image_facts.py" home/out layer -1)" "user.builder"
assert_fails_with 9 locked_down build -f - context <<<$'FROM it\nRUN exit 9'
assert_contains "$output" "exit code 9"
# Working containers, too.
container=$(locked_down from it 2>/dev/null)
assert_fails_with 7 locked_down run "$container" -- sh -c 'echo from within; exit 7'
assert_contains "$output" "from within"
locked_down run --user 0 "$container" -- chown 5:6 /private 2>/dev/null
assert_equal "$(echo typed | locked_down run "$container" -- sh -c 'stat -c %u:%g /private; cat' 2>/dev/null | tr '\n' ' ')" "5:6 typed "
locked_down info | jq -e '.host.privileges == "an ordinary process" and (.host.privilegesReason | length > 0) and
    .host.isolation.default == "emulated" and .host.network.default == "host"' >/dev/null || fail "info does not tell"
