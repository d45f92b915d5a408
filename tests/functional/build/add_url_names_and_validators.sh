# ADD of a URL: the file is called as the URL's path says, not as its query, a redirect or the server say. What was fetched is
# right again only where the very URL that gave the validator says so, and where the validator can tell one content from the next.
. "$(dirname "$0")/../library.sh"
make_base
mkdir served empty
: >served.log
"$python" "$tests/validating_server.py" served >>served.log 2>&1 &
server=$!
wait_until 20 grep -q '^port' served.log || fail "the server did not start: $(cat served.log)"
url=http://127.0.0.1:$(sed -n 's/^port //p' served.log)
add() { builder build -q -t it --build-arg URL="$url" -f - empty >/dev/null <<<$'FROM base\nARG URL\nADD '"$*"; }

echo text >served/plain.txt
echo text >'served/a b'
echo "$url/both/plain.txt?other=/real.bin" >served/location
add '$URL/both/plain.txt?file=/other.bin#/third.bin /in/'
assert_equal "$(file it /in/plain.txt)" text "with a query"
add '$URL/to/moved.txt /in/'
assert_equal "$(file it /in/moved.txt)" text "after a redirect"
cp served/plain.txt 'served/a%20b'
add '$URL/both/a%20b /in/'
assert_equal "$(file it '/in/a b')" text "with an encoded space"
sum=sha256:$(sha256sum <served/plain.txt | cut -d' ' -f1)
add "--checksum=$sum"' $URL/both/a%20b /in/'
assert_equal "$(file it '/in/a b')" text "the same with a checksum"

# A redirect that moves on: the validator of the one place is none of the other.
echo one >served/one && echo two >served/two
echo "$url/constant/one" >served/location
add '$URL/to/latest /x'
assert_equal "$(file it /x)" one
echo "$url/constant/two" >served/location
add '$URL/to/latest /x'
assert_equal "$(file it /x)" two "the redirect has moved on"

# A file that an older one has replaced is new, though it is not younger.
echo young >served/f && touch -d '2020-02-02' served/f
add '$URL/age/f /x'
echo old >served/f && touch -d '2010-01-01' served/f
: >served.log
add '$URL/age/f /x'
assert_contains "$(cat served.log)" '304' "the server compares by age"
assert_equal "$(file it /x)" old

# What was fetched in the second in which it changed may have changed again.
echo first >served/now && touch -d '+1 second' served/now
add '$URL/age/now /x'
echo second >served/now.new && touch -r served/now served/now.new && mv served/now.new served/now
add '$URL/age/now /x'
assert_equal "$(file it /x)" second

# An ETag is asked for alone; unchanged content is not sent again.
touch -d '2020-02-02' served/one
add '$URL/both/one /x'
: >served.log
add '$URL/both/one /x'
assert_contains "$(cat served.log)" '304 - If-None-Match'
assert_lacks "$(cat served.log)" If-Modified-Since
assert_lacks "$(cat served.log)" '" 200'
