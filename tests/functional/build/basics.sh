# A Containerfile becomes an image with a name; the last word printed is its ID.
. "$(dirname "$0")/../library.sh"
make_base
echo hello >greeting
cat >Containerfile <<'CONTAINERFILE'
FROM base
COPY greeting /greeting
RUN cat /greeting /greeting >/twice
CMD ["cat", "/twice"]
CONTAINERFILE
log=$(builder build -t first:1 .)
id=${log##*$'\n'}
assert_equal "$(builder inspect first:1 | jq -r .FromImageID)" "$id"
assert_equal "$(file first:1 /twice)" $'hello\nhello'
assert_equal "$(config first:1 .config.Cmd)" '["cat","/twice"]'
assert_contains "$log" "STEP 3/4: RUN cat /greeting"
