# untag takes a tag of a registry away, by its name and nothing else; names in the store and in registries are not mixed.
source "$(dirname "$0")/../library.sh"
"$python" -u - >asked.log 2>&1 <<'PROGRAM' &
import http.server
class Registry(http.server.BaseHTTPRequestHandler):
    def answer(self, status):
        print(self.command, self.path, flush=True)
        self.send_response(status)
        self.send_header('Content-Length', '0')
        self.end_headers()
    def do_GET(self): self.answer(200)
    def do_DELETE(self): self.answer(202 if self.path.endswith('/good') else 404)
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Registry)
print('port', server.server_address[1], flush=True)
server.serve_forever()
PROGRAM
server=$!
wait_until 20 grep -q '^port' asked.log || fail "the registry did not start: $(cat asked.log)"
registry=127.0.0.1:$(sed -n 's/^port //p' asked.log)
builder untag --tls-verify=false "docker://$registry/team/app:good"
assert_line "$(cat asked.log)" "DELETE /v2/team/app/manifests/good"
assert_fails_with 125 builder untag --tls-verify=false "docker://$registry/team/app:nosuch"
assert_contains "$output" "there is no tag 'nosuch' in $registry/team/app"
assert_contains "$output" "builder tags $registry/team/app lists them"
# Each of several is looked at before the first one goes.
before=$(grep -c DELETE asked.log)
assert_fails_with 125 builder untag --tls-verify=false "docker://$registry/team/app:good" "docker://$registry/team/app"
assert_contains "$output" "names no tag"
assert_fails_with 125 builder untag --tls-verify=false "docker://$registry/team/app:good" "docker://$registry/team/app@sha256:$(printf '0%.0s' {1..64})"
assert_fails_with 125 builder untag --tls-verify=false "docker://$registry/team/app:good" app
assert_contains "$output" "is a name in the store"
assert_equal "$(grep -c DELETE asked.log)" "$before" "what was asked for by bad commands"
