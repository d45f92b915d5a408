# A build that would carry a secret into the image fails and names where; the log shows no secret.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty
echo 'tok3n/with+signs&more' >token
refused() { # CONTAINERFILE: fails because of the secret, which is not shown
    assert_refused --secret id=token,src=token -f - empty <<<"$1"
    assert_contains "$output" "the secret 'token' into the image"
    assert_lacks "$output" 'tok3n/with+signs&more'
}
mount='--mount=type=secret,id=token'
refused $'FROM base\nRUN '"$mount"$' mkdir /d && cp /run/secrets/token /d/leak'
assert_contains "$output" "the file '/d/leak'"
assert_contains "$output" "RUN $mount"
refused $'FROM base\nRUN '"$mount"$' (head -c 100000 /dev/zero; echo user:; cat /run/secrets/token) | base64 >/leak'
assert_contains "$output" "in base64"
refused $'FROM base\nRUN '"$mount"$' hexdump -v -e \'1/1 "%02x"\' /run/secrets/token >/leak'
assert_contains "$output" "in hexadecimal digits"
refused $'FROM base\nRUN echo https://tok3n%2Fwith%2Bsigns%26more@host >/leak'
assert_contains "$output" "encoded as in a URL"
refused $'FROM base\nRUN '"$mount"$' cp /run/secrets/token /leak\nRUN rm /leak'
refused $'FROM base\nRUN '"$mount"$' touch "/$(cat /run/secrets/token | tr / _ | sed s/_/%2F/ | sed s/+/%2B/ | sed s/\\&/%26/)"'
assert_refused --secret id=token,src=token --build-arg "T=tok3n/with+signs&more" -f - empty <<<$'FROM base\nARG T\nENV TOKEN=$T'
assert_contains "$output" "the variable 'TOKEN' would carry the secret 'token' into the image"
assert_refused --secret id=token,src=token --build-arg "T=tok3n/with+signs&more" -f - empty <<<$'FROM base\nARG T\nRUN true'
assert_contains "$output" "of the history (RUN"
assert_refused --secret id=token,src=token --label "l=tok3n/with+signs&more" -f - empty <<<$'FROM base'
assert_contains "$output" "the label 'l'"
assert_refused --secret id=token,src=token -o out -f - empty <<<$'FROM base\nRUN '"$mount"' cp /run/secrets/token /leak'
[[ ! -e out/leak ]] || fail "the secret was written out"

# What fails once fails again, and is not taken from the cache.
refused $'FROM base\nRUN '"$mount"$' mkdir /d && cp /run/secrets/token /d/leak'
# The secret may be used, and may lie in a stage that the image is not made of.
builder build --progress=plain -t it --secret id=token,src=token -f - empty >log 2>&1 <<CONTAINERFILE
FROM base AS maker
RUN $mount cp /run/secrets/token /leak
FROM base
RUN $mount cat /run/secrets/token; base64 /run/secrets/token; echo end
COPY --from=maker /etc/passwd /users
CONTAINERFILE
assert_lacks "$(cat log)" 'tok3n/with+signs&more'
sed -Ei 's/^(\[1 2\/3\]) [0-9.]+ /\1 /' log
assert_line "$(cat log)" "[1 2/3] ***"
assert_line "$(cat log)" "[1 2/3] end"
# Short values, and those that may leak, do not count.
echo short >small
builder build -q -t it --secret id=token,src=small -f - empty >/dev/null <<<$'FROM base\nRUN '"$mount"' cp /run/secrets/token /leak'
builder build -q -t it --no-cache --secret id=token,src=token,scan=false -f - empty >/dev/null <<<$'FROM base\nRUN '"$mount"' cp /run/secrets/token /leak'
# Neither what is said of steps and errors nor the records of the cache hold one.
assert_fails_with 3 builder build -t other --secret id=token,src=token --build-arg "T=tok3n/with+signs&more" -f - empty <<<$'FROM base\nARG T\nRUN echo "tok3n/with+signs&more" >/dev/null; exit 3'
assert_contains "$output" 'STEP 3/3: RUN echo "***"'
assert_contains "$output" '>>> RUN echo "***"'
assert_lacks "$output" 'tok3n/with+signs&more'
assert_fails_with 125 builder build -t other --secret id=token,src=token --build-arg "T=tok3n/with+signs&more" -f - empty <<<$'FROM base\nARG T\nRUN echo $(echo other) >/kept'
"$python" - store/store.db <<'PROGRAM' || fail "a record of the cache holds the secret"
import sqlite3, sys
rows = list(sqlite3.connect(sys.argv[1]).execute('SELECT * FROM cache'))
assert len(rows) > 10 and not any(b'tok3n' in (value if isinstance(value, bytes) else str(value).encode()) for row in rows for value in row)
PROGRAM
