# A user with a single ID, who can give files to nobody, builds the same layers as root: owners are noted beside the files.
# What steps ask for they are told, too.
source "$(dirname "$0")/../library.sh"
make_base
an_ordinary_user with_one_id
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
mkdir context && cp /bin/busybox context/tool && echo text >context/file && ln -s file context/link
cat >context/Containerfile <<END
FROM oci-archive:$place/base.tar AS first
RUN mkdir -p /data/old/deep && echo 1 >/data/old/deep/one && echo 2 >/data/two && chown -R 1234:1235 /data
FROM first
COPY --chown=alice:makers file link /copied/
COPY --chmod=4755 --chown=77 tool /usr/bin/tool
RUN test "\$(stat -c %u:%g /data/two /copied/file)" = "\$(printf '1234:1235\\n1234:77')"
RUN rm -r /data/old && mkdir /data/old && touch -d @0 /data/old/new && rm /data/two && chown -h 77:78 /copied/link
RUN chgrp makers /data && chown alice /data/old/new && cp -a /data /moved && mv /copied/file /copied/renamed
RUN cd /data && touch here && chown 5 ./here && exec 3>>here && chown :6 /proc/self/fd/3 && chown 7 /dev/stdout
USER alice
RUN test "\$(id -u):\$(id -g)" = 1234:1235 && echo mine >/tmp/mine && mkdir -p /tmp/alice/deep && test "\$HOME" = /home/alice
COPY --from=first /data /again
RUN --mount=type=tmpfs,target=/mnt touch /mnt/x
END
chmod -R a+rX context
flags=(--no-cache --timestamp 0 --rewrite-timestamp -t it)
user_builder build "${flags[@]}" context >user.log 2>&1 || fail "$(cat user.log)"
builder build "${flags[@]}" context >root.log 2>&1 || fail "$(cat root.log)"
diff_ids() { "$@" inspect it | jq -c '.Config | fromjson | .rootfs'; }
assert_equal "$(diff_ids user_builder)" "$(diff_ids builder)" "the diff IDs of user and root"
# With copies instead of an overlay, too.
user_builder --storage-driver vfs build "${flags[@]}" context >vfs.log 2>&1 || fail "$(cat vfs.log)"
assert_equal "$(diff_ids user_builder)" "$(diff_ids builder)" "the diff IDs with copies"
# A pulled image leaves with the owners that it came with.
user_builder pull -q "oci-archive:$place/base.tar" >/dev/null
container=$(user_builder from it)
user_builder run "$container" -- sh -c 'echo x >/new && chown 12:13 /new'
assert_equal "$(user_builder run "$container" -- stat -c %u:%g /new)" 12:13
user_builder commit -q "$container" result >/dev/null
user_builder push -q --disable-compression result "oci:$place/home/out:x"
assert_line "$("$python" "$tests/image_facts.py" home/out layer -1)" "new file 0644 12:13 2"
assert_lacks "$("$python" "$tests/image_facts.py" home/out layer -1)" "user.builder"
user_builder info | jq -e '.host.privileges == "root of a user namespace with a single ID" and (.host.privilegesHint | contains("subuid"))' >/dev/null ||
    fail "info does not tell: $(user_builder info)"
