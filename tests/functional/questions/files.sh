# files lists what is in an image or a container, as a process in it would see it.
source "$(dirname "$0")/../library.sh"
make_base
build_empty <<'CONTAINERFILE'
FROM base
RUN mkdir -p /data/sub /data/gone && echo one >/data/one && echo two >/data/sub/two && chown 1234:50 /data/one && \
    chmod 4750 /data/one && touch -d @1000000000 /data/one && ln -s sub /data/link && ln -s ../../../../etc/passwd /data/out && \
    ln -s loop /data/loop && mkfifo /data/pipe && ln -s nowhere /data/dangling
RUN rm -r /data/gone && printf x >"/data/$(printf 'a\nb\033[31m')"
CONTAINERFILE
assert_equal "$(builder files it /data)" $'a\\nb\\x1b[31m\ndangling\nlink\nloop\none\nout\npipe\nsub'
assert_equal "$(builder files it data/sub)" two
assert_equal "$(builder files it)" "$(builder files it /)"
assert_equal "$(builder files -R it /data | tail -2)" $'/data/sub\n/data/sub/two'
long=$(builder files -l it /data)
assert_equal "$(head -1 <<<"$long" | tr -s ' ')" "MODE OWNER SIZE MODIFIED NAME"
assert_line "$(tr -s ' ' <<<"$long")" "-rwsr-x--- 1234:50 4 2001-09-09T01:46:40Z one"
assert_contains "$long" "prw-r--r--"
assert_contains "$long" "link -> sub"
# A link to a folder stands for it, unless asked for itself; others stand for themselves.
assert_equal "$(builder files it /data/link)" two
assert_contains "$(builder files -ld it /data/link)" "/data/link -> sub"
assert_equal "$(builder files it /data/dangling)" dangling
assert_equal "$(builder files it /data/loop)" loop
# No way leads out: the link ends at the image's own file.
assert_equal "$(builder files --json it /data/out | jq -r '.[0].path, .[0].target')" $'/data/out\n../../../../etc/passwd'
assert_equal "$(builder files it /data/../../../..)" "$(builder files it /)"
assert_equal "$(builder files --json it /data/link/../../etc/passwd | jq -r '.[0].size')" "$(file it etc/passwd | wc -c)"
# What programs read.
assert_equal "$(builder files --json it /data/one | jq -c '.[0] | [.path, .type, .mode, .uid, .gid, .size, .modified]')" \
    '["/data/one","file","4750",1234,50,4,"2001-09-09T01:46:40Z"]'
assert_equal "$(builder files --json it /data/one | jq -r '.[0].layer')" "$(config it '.rootfs.diff_ids[-2]' | jq -r .)"
assert_contains "$(builder files --json it /data/one | jq -r '.[0].created_by')" "mkdir -p /data/sub"
assert_equal "$(builder files --json it /data | jq -r '.[0].path')" "/data/a"$'\n'"b"$'\033'"[31m"
assert_equal "$(builder files --format '{{.Name}}:{{.Mode}}:{{.Size}}' it /data/one)" one:4750:4
# A container shows what was written in it.
container=$(builder from it)
builder run "$container" -- sh -c 'rm /data/one; echo new >/data/new; mkdir -p /data/sub/deep/er'
assert_equal "$(builder files -R "$container" /data/sub)" $'/data/sub/deep\n/data/sub/deep/er\n/data/sub/two'
assert_lacks "$(builder files "$container" /data)" one
assert_contains "$(builder files "$container" /data)" new
assert_contains "$(builder files it /data)" one
builder rm "$container" >/dev/null
# Bad input.
assert_fails_with 125 builder files nosuch /
assert_contains "$output" "nosuch: image not known"
assert_fails_with 125 builder files it /data/onne
assert_contains "$output" "there is no '/data/onne' in 'it'"
assert_contains "$output" "did you mean one?"
assert_fails_with 125 builder files it /data/one/below
assert_contains "$output" "'/data/one' is not a folder"
assert_fails_with 125 builder files it /data/loop/below
assert_fails_with 125 builder files
# The files of a layer are gone.
layer=$(sqlite_folder() { "$python" -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT folder FROM layers ORDER BY id DESC").fetchone()[0])' "$place/store/store.db"; }; sqlite_folder)
mv "$place/store/layers/$layer" "$place/lost"
assert_fails_with 125 builder files it /
assert_contains "$output" "are gone"
assert_contains "$output" "builder check --repair"
assert_fails_with 125 builder blame it /data/one
assert_fails_with 125 builder diff base it
mv "$place/lost" "$place/store/layers/$layer"
