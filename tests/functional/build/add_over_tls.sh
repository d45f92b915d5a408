# ADD from https reaches servers as transfers reach registries: authorities of --cert-dir, --tls-verify, and tries again where a server
# is busy or a connection breaks.
. "$(dirname "$0")/../library.sh"
needs openssl
mkdir empty certs
{
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out certs/ca.crt -subj /CN=authority -days 2
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1
    openssl x509 -req -in server.csr -CA certs/ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 -copy_extensions copy
} >openssl.log 2>&1 || fail "$(cat openssl.log)"
# Answers /N/… with N refusals first: a status, and a body that breaks off.
cat >server.py <<'PROGRAM'
import collections, http.server, ssl
seen = collections.Counter()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        times, kind = self.path.split('/')[1:3]
        seen[self.path] += 1
        print('asked', self.path, flush=True)
        if seen[self.path] <= int(times) and kind == 'busy':
            self.send_response(503)
            self.send_header('Content-Length', '0')
            return self.end_headers()
        self.send_response(200)
        self.send_header('Content-Length', '7')
        self.end_headers()
        self.wfile.write(b'con' if seen[self.path] <= int(times) else b'content')
        self.close_connection = True
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('server.crt', 'server.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
print('port', server.server_port, flush=True)
server.serve_forever()
PROGRAM
"$python" server.py >served.log 2>&1 &
server=$!
wait_until 20 grep -q '^port' served.log || fail "the server did not start: $(cat served.log)"
url=https://127.0.0.1:$(sed -n 's/^port //p' served.log)
add() { # PATH FLAGS…
    builder build -q --no-cache -t it -f - "${@:2}" empty <<<$'FROM scratch\nADD '"$url$1"$' /file'
}
assert_fails_with 125 add /0/ok/a
assert_contains "$output" certificate
add /0/ok/b --tls-verify=false >/dev/null
assert_equal "$(file it /file)" content
add /0/ok/c --cert-dir certs >/dev/null
assert_equal "$(file it /file)" content
container=$(builder from scratch)
assert_fails_with 125 builder add "$container" "$url/0/ok/d" /file
builder add -q --cert-dir certs "$container" "$url/0/ok/d" /file
builder rm "$container" >/dev/null
# Tries again, as often as it is told.
for kind in busy cut; do
    add /2/$kind/a --cert-dir certs --retry 2 --retry-delay 10ms >/dev/null 2>&1
    assert_equal "$(file it /file)" content
    assert_equal "$(grep -c "^asked /2/$kind/a" served.log)" 3
    assert_fails_with 125 add /2/$kind/b --cert-dir certs --retry 1 --retry-delay 10ms
    assert_equal "$(grep -c "^asked /2/$kind/b" served.log)" 2
done
# What cannot pass is not tried again.
assert_fails_with 125 add /0/ok/e --retry 3
