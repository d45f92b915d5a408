# An ordinary user with ranges of IDs builds the same layers as root: owners, deletions, opaque folders, set-ID bits, copies.
source "$(dirname "$0")/../library.sh"
make_base
an_ordinary_user with_ranges
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
mkdir context && cp /bin/busybox context/tool && echo text >context/file && ln -s file context/link
cat >context/Containerfile <<END
FROM oci-archive:$place/base.tar AS first
RUN mkdir -p /data/old/deep && echo 1 >/data/old/deep/one && echo 2 >/data/two && chown -R 1234:1235 /data
FROM first
COPY --chown=alice:makers file link /copied/
COPY --chmod=4755 tool /usr/bin/tool
RUN rm -r /data/old && mkdir /data/old && touch -d @0 /data/old/new && rm /data/two && chown -h 77:78 /copied/link
RUN chmod g+s /data && chown alice /data/old/new && mkfifo /data/fifo
USER alice
RUN id >/tmp/id && mkdir /tmp/alice
COPY --from=first /data /again
END
chmod -R a+rX context
# The times of files are those of the build; they are no part of what is compared here.
flags=(--no-cache --timestamp 0 --rewrite-timestamp -t it)
user_builder build "${flags[@]}" context >user.log 2>&1 || fail "$(cat user.log)"
builder build "${flags[@]}" context >root.log 2>&1 || fail "$(cat root.log)"
assert_equal "$(user_builder inspect it | jq -c '.Config | fromjson | .rootfs')" \
    "$(builder inspect it | jq -c '.Config | fromjson | .rootfs')" "the diff IDs of user and root"
# And it leaves the machine as the same image.
user_builder push -q --disable-compression it "oci:$place/home/out:x"
builder push -q --disable-compression it "oci:$place/out:x"
layers_of() { jq -c '[.config, .layers]' "$1/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$1/index.json")"; }
assert_equal "$(layers_of home/out)" "$(layers_of out)" "what was pushed"
user_builder info | jq -e '.host.rootless == true and .host.privileges == "root of a user namespace with ranges of IDs"' >/dev/null ||
    fail "info does not tell: $(user_builder info)"
