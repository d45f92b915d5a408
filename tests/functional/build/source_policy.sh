# A source policy refuses images and downloads, and puts others in their place.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty files
builder tag base other
echo first >files/first && echo second >files/second
serve files
policy() { printf '{"rules":[%s]}' "$1" >policy.json; }
rule() { printf '{"action":"%s","selector":{"identifier":"%s"%s}%s}' "$1" "$2" "${3:-}" "${4:-}"; }
with_policy() { builder build -q -t it --source-policy-file policy.json -f - "${2:-empty}" <<<"$1" >/dev/null; }
refused() { assert_fails_with 125 with_policy "$1"; assert_contains "$output" "does not allow"; }

policy "$(rule DENY 'docker-image://localhost/ba*')"
refused 'FROM base'
refused $'FROM scratch\nCOPY --from=base /etc/passwd /p'
with_policy 'FROM other'
policy "$(rule DENY '*'),$(rule ALLOW 'docker-image://localhost/other:latest' ',"matchType":"EXACT"')"
refused 'FROM base'
with_policy 'FROM other'
refused $'FROM other\nADD '"$url/first /f"
# A user in front of the host, or another way to write it, does not get past a rule; and no password is shown.
policy "$(rule DENY "$url/*"),$(rule DENY "${url/127.0.0.1/localhost}/*"),$(rule DENY "git://${url#http://}/*")"
with_policy $'FROM base\nADD first /f' files >/dev/null || fail "a rule for servers refuses a file of the context"
for address in "$url/first" "http://user:s3cret@${url#http://}/first" "${url/127.0.0.1/LocalHost}/first" "${url/127.0.0.1/local%68ost}/first" \
    "http://user:s3cret@${url#http://}/app.git"; do
    refused $'FROM base\nARG PASSWORD=s3cret\nADD '"${address/s3cret/\$PASSWORD} /f"
    assert_lacks "$output" "s3cret@" "$address"
done
policy "$(rule CONVERT '^docker-image://localhost/(missing)(.*)$' ',"matchType":"REGEX"' ',"updates":{"identifier":"docker-image://localhost/base$2"}'),$(rule DENY '*other*')"
with_policy $'FROM localhost/missing:latest\nRUN true'
refused 'FROM other'
policy "$(rule CONVERT "$url/f*" '' ",\"updates\":{\"identifier\":\"$url/second\"}")"
with_policy $'FROM base\nADD '"$url/first /f"
assert_equal "$(file it /f)" second
policy "$(rule CONVERT "$url/first" '' ",\"updates\":{\"attrs\":{\"http.checksum\":\"sha256:$(printf '%064d' 0)\"}}")"
assert_fails_with 125 with_policy $'FROM base\nADD '"$url/first /f"
assert_contains "$output" "the source policy asks for"
# One rule undoes the other.
policy "$(rule CONVERT '*base*' '' ',"updates":{"identifier":"docker-image://x:1"}'),$(rule CONVERT '*x:1' '' ',"updates":{"identifier":"docker-image://localhost/base:latest"}')"
assert_fails_with 125 with_policy 'FROM base'
assert_contains "$output" "again and again"
policy '{"action":"PERHAPS","selector":{"identifier":"x"}}'
assert_fails_with 125 with_policy 'FROM base'
assert_contains "$output" "ALLOW, DENY, CONVERT"
# A name that grows without end is refused before any pattern is tried on it.
cat >grown.json <<<'{"rules":[{"action":"DENY","selector":{"identifier":"^http://(.*)evil$","matchType":"REGEX"}}]}'
{
    printf 'FROM base\nARG a=aaaaaaaaaaaaaaaa\n'
    for _ in $(seq 12); do echo 'ARG a=$a$a'; done
    echo 'ADD http://127.0.0.1:9/$a /x'
} >Grown
mkdir -p empty
assert_fails_with 125 builder build --source-policy-file grown.json -f Grown empty
assert_contains "$output" "cannot be asked about a name of"
