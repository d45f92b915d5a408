# A build that is all cache gives the same image and leaves the store byte for byte as it was, but for the record of the build.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
echo content >context/file
cat >context/Containerfile <<'X'
FROM base AS maker
ARG WORD=word
ENV NAME=$WORD
COPY file /file
RUN echo $NAME >/made
WORKDIR /new/folder
FROM base
COPY --from=maker /made /made
RUN cat /made
X
state() { find store -mindepth 1 -path store/builds -prune -o -printf '%p %y %m %s %T@ %C@\n' | grep -v -e 'store.db-' | sort; sha256sum store/store.db store/store.db-wal; }
builder build -q -t it context >first
# Digests are remembered of files that are a tenth of a second old; the build after that has nothing left to write.
is_settled() { (($(date +%s%N) - $(stat -c %.9Z context/file | tr -d .) > 200000000)); }
wait_until 10 is_settled
builder build -q -t it context >second
state >before
builder build --progress=plain -t it context >log
state >after
assert_equal "$(tail -1 log)" "$(cat first)" "the image"
assert_equal "$(grep -c -e '--> cached' log)" 5 "cached steps"
assert_lacks "$(cat log)" "--> done"
diff before after || fail "the store was written to"
