# Records of builds: listed, shown, removed; of failed and killed ones, too. They hold no secret.
. "$(dirname "$0")/../library.sh"
needs jq
make_base
builder builds rm --all >/dev/null
assert_equal "$(builder builds ls -q)" ""
assert_fails_with 125 builder builds show
assert_contains "$output" "there is no record of a build"

mkdir context
printf 'FROM base AS tools\nRUN echo of tools\nFROM base\nCOPY --from=tools /etc/passwd /p\nRUN echo to both; echo errors >&2; head -c 300000 /dev/zero >/big\n' >context/Containerfile
id=$(builder build -q -t it context)
build=$(builder builds ls -q)
assert_equal "${#build}" 12
row=$(builder builds ls --json | jq -c '.[0] | [.state, .ran, .cached, .image, .names[0], .file, .error]')
assert_equal "$row" "[\"done\",3,0,\"sha256:$id\",\"localhost/it:latest\",\"context/Containerfile\",\"\"]"
assert_contains "$(builder builds ls)" "$build"
shown=$(builder builds show "${build:0:4}")
assert_contains "$shown" "[tools 2/2]"
assert_contains "$shown" "RUN echo of tools"
# The layer's size, in the record of the step that made it.
bytes=$(builder builds show --json | jq -s '[.[] | select(.event == "layer")] | map(.bytes) | max')
((bytes > 300000)) || fail "the largest layer has $bytes bytes"

# What steps wrote, to either stream.
log=$(builder logs)
assert_contains "$log" "to both"
assert_contains "$log" "errors"
assert_contains "$log" "[tools 2/2] RUN echo of tools"
assert_equal "$(builder logs --step tools/2)" "of tools"
assert_contains "$(builder logs -t --step tools/2)" ".0"
assert_fails_with 125 builder logs --step 9
assert_contains "$output" "has no step"

# A failed build, and "^1" for the one before.
printf 'FROM base\nRUN echo before; exit 7\n' >context/failing
assert_fails_with 7 builder build -f context/failing context
assert_equal "$(builder builds ls --json | jq -r '.[0].state')" failed
assert_contains "$(builder why)" "failed"
assert_equal "$(builder logs)" "[2/2] RUN echo before; exit 7
before"
assert_contains "$(builder builds show ^1)" "$build"
assert_fails_with 125 builder builds show ^9

# A secret is in no record, whatever the step does with it.
printf 'hunter2-is-long' >secret
printf 'FROM base\nRUN --mount=type=secret,id=s echo "it is $(cat /run/secrets/s)"\n' >context/secret
builder build -q --secret id=s,src=secret -f context/secret context >/dev/null
assert_contains "$(builder logs)" "it is ***"
grep -r hunter2 store/builds && fail "a secret is in a record"
# Nor a password of an address.
printf 'FROM base\nRUN true\n' >context/plain
cp context/plain Containerfile
assert_fails_with 125 builder build http://someone:pass-word-7@127.0.0.1:9/context.tar
printf 'FROM base\nRUN echo http://someone:pass-word-7@host/x "ftp://a:pass-word-7@b"\nADD http://someone:pass-word-7@127.0.0.1:9/x /\n' >context/addresses
assert_fails_with 125 builder build --retry 0 -f context/addresses context
assert_contains "$(builder builds show)" "http://127.0.0.1:9/x"
rm store/builds/*.log
grep -r pass-word-7 store/builds && fail "a password is in a record"

# All cached: the record is written, the database is not. Beside it store.db-shm is memory that readers note in who reads.
builder build -q -t it context >/dev/null
before=$(cat store/store.db store/store.db-wal | sha256sum)
builder build -q -t it context >/dev/null
assert_equal "$(cat store/store.db store/store.db-wal | sha256sum)" "$before" "the database"
assert_equal "$(builder builds ls --json | jq -c '.[0] | [.ran, .cached]')" "[0,3]"

count=$(builder builds ls -q | wc -l)
builder builds rm "$build" >/dev/null
assert_equal "$(builder builds ls -q | wc -l)" $((count - 1))
assert_fails_with 125 builder builds show "$build"
# prune takes them along, and says so before.
assert_contains "$(builder prune --dry-run)" "build-record"
builder prune >/dev/null 2>&1
assert_equal "$(builder builds ls -q)" ""
assert_equal "$(ls store/builds)" ""
