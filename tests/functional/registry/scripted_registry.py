"""A registry in memory that does what it is told: by itself it keeps to the OCI distribution-spec 1.1, and rules make it
answer otherwise, cut answers off, damage them or send others elsewhere. It keeps every request."""
import base64
import hashlib
import http.server
import itertools
import json
import re
import socket
import ssl
import threading
import urllib.parse

OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
OCI_INDEX = 'application/vnd.oci.image.index.v1+json'


def digest_of(content):
    return 'sha256:' + hashlib.sha256(content).hexdigest()


class Rule:
    """What happens to requests of a method whose path matches: the first `skip` pass, the next `times` are changed."""

    def __init__(self, method, path, *, times=None, skip=0, status=None, headers=None, body=b'', cut=None, change=None,
                 without=(), action=None):
        self.method, self.path, self.times, self.skip = method, re.compile(path), times, skip
        self.status, self.headers, self.body = status, headers or {}, body
        self.cut, self.change, self.without, self.action = cut, change, without, action
        self.seen = 0

    def applies(self, method, path):
        if method not in self.method.split('|') or not self.path.search(path):
            return False
        self.seen += 1
        return self.seen > self.skip and (self.times is None or self.seen <= self.skip + self.times)


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    def __repr__(self):
        return f'{self.method} {self.path}'


class ScriptedRegistry:
    def __init__(self, address='127.0.0.1', certificate=None):
        self.blobs, self.manifests, self.uploads = {}, {}, {}
        self.rules, self.requests = [], []
        self.auth = self.user = self.password = None  # 'basic' or 'bearer'
        self.realm = None
        self.tokens = {}
        self.token_numbers = itertools.count()
        self.token_life = 300
        self.has_referrers = True
        self.has_ranges = True
        self.has_mounts = True
        self.chunk_min = None
        self.relative_locations = False
        self.lock = threading.RLock()
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            timeout = 60

            def log_message(self, *_):
                pass

            def answer(self):
                length = int(self.headers.get('Content-Length') or 0)
                body = self.rfile.read(length)
                if len(body) < length:
                    self.close_connection = True
                    return
                registry.serve(self, Request(self.command, self.path, self.headers, body))

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = answer

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, client_address):
                pass

        self.server = Server((address, 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate[:2])
            if len(certificate) > 2:  # clients must show a certificate of this authority
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(certificate[2])
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.host = f'{address}:{self.server.server_address[1]}'
        self.scheme = 'https' if certificate else 'http'
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def rule(self, *arguments, **options):
        self.rules.append(Rule(*arguments, **options))
        return self.rules[-1]

    # What tests look at.
    def sent(self, method, path='', status=None):
        return [r for r in self.requests if r.method in method.split('|') and re.search(path, r.path)]

    def paths(self, method, path=''):
        return [r.path for r in self.sent(method, path)]

    # Content.
    def add_blob(self, content):
        self.blobs[digest_of(content)] = content
        return digest_of(content)

    def add_manifest(self, repository, reference, document, media_type=None):
        text = document if isinstance(document, bytes) else json.dumps(document).encode()
        kind = media_type or (document.get('mediaType') if isinstance(document, dict) else None) or OCI_MANIFEST
        self.manifests[repository, digest_of(text)] = (kind, text)
        if reference:
            self.manifests[repository, reference] = (kind, text)
        return {'mediaType': kind.split(';')[0], 'digest': digest_of(text), 'size': len(text)}

    # Serving.
    def serve(self, handler, request):
        with self.lock:
            self.requests.append(request)
            rule = next((r for r in self.rules if r.applies(request.method, request.path)), None)
        if rule and rule.action:
            rule.action(handler, request)
            if rule.status is None and not rule.change and rule.cut is None:
                return
        if rule and rule.status:
            return self.send(handler, rule.status, rule.headers, rule.body, rule, request)
        with self.lock:
            status, headers, body = self.respond(request)
        headers = {**headers, **(rule.headers if rule else {})}
        self.send(handler, status, headers, body, rule, request)

    @staticmethod
    def send(handler, status, headers, body, rule, request):
        if rule and rule.change:
            body = rule.change(body)
        headers = {name: value for name, value in headers.items() if not rule or name not in rule.without}
        handler.send_response(status)
        headers.setdefault('Content-Length', str(len(body)))
        for name, value in headers.items():
            for one in value if isinstance(value, list) else [value]:
                handler.send_header(name, one)
        handler.end_headers()
        if request.method == 'HEAD':
            return
        if rule and rule.cut is not None:
            handler.wfile.write(body[:rule.cut])
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        handler.wfile.write(body)

    def error(self, status, code, message='', headers=None):
        return status, {'Content-Type': 'application/json', **(headers or {})}, json.dumps(
            {'errors': [{'code': code, 'message': message or code.lower()}]}).encode()

    def respond(self, request):
        url = urllib.parse.urlsplit(request.path)
        query = {name: values for name, values in urllib.parse.parse_qs(url.query).items()}
        if url.path == '/token':
            return self.give_token(request, query)
        refusal = self.check_authorization(request, url.path)
        if refusal:
            return refusal
        if url.path == '/v2/':
            return 200, {}, b'{}'
        match = re.fullmatch(r'/v2/(.+)/(manifests|blobs|tags|referrers)/(.+)', url.path)
        if url.path.endswith('/blobs/uploads/') and (match := re.fullmatch(r'/v2/(.+)/blobs/(uploads)/', url.path)):
            return self.begin_upload(match.group(1), query)
        if match and '/blobs/uploads/' in url.path:
            name, upload = re.fullmatch(r'/v2/(.+)/blobs/uploads/(.+)', url.path).groups()
            return self.upload(request, name, upload, query)
        if not match:
            return self.error(404, 'UNSUPPORTED')
        name, kind, what = match.groups()
        if kind == 'manifests':
            return self.manifest(request, name, what)
        if kind == 'blobs':
            return self.blob(request, name, what)
        if kind == 'referrers':
            return self.referrers(name, what, query)
        tags = sorted(reference for repository, reference in self.manifests if repository == name and ':' not in reference)
        return 200, {}, json.dumps({'name': name, 'tags': tags}).encode()

    # Authorization.
    def check_authorization(self, request, path):
        given = request.headers.get('Authorization') or ''
        if self.auth == 'basic':
            wanted = 'Basic ' + base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()
            if given != wanted:
                return self.error(401, 'UNAUTHORIZED', headers={'WWW-Authenticate': 'Basic realm="it"'})
        if self.auth == 'bearer':
            match = re.fullmatch(r'/v2/(.+)/(manifests|blobs|tags|referrers)/.*', path)
            action = 'pull' if request.method in ('GET', 'HEAD') else 'push'
            scope = f'repository:{match.group(1)}:{"pull,push" if action == "push" else "pull"}' if match else ''
            granted = self.tokens.get(given.removeprefix('Bearer '), None)
            if granted is None or (match and not any(s.startswith(f'repository:{match.group(1)}:') and action in s for s in granted)):
                realm = self.realm or f'{self.scheme}://{self.host}/token'
                value = f'Bearer realm="{realm}",service="registry.test"' + (f',scope="{scope}"' if scope else '')
                return self.error(401, 'UNAUTHORIZED', headers={'WWW-Authenticate': value})
        return None

    def give_token(self, request, query):
        if request.method == 'POST':
            form = urllib.parse.parse_qs(request.body.decode())
            if form.get('refresh_token') != [self.password]:
                return self.error(401, 'UNAUTHORIZED', 'wrong token')
            scopes = form.get('scope', [''])[0].split()
        else:
            if self.password:
                wanted = 'Basic ' + base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()
                if request.headers.get('Authorization') != wanted:
                    return self.error(401, 'UNAUTHORIZED', 'wrong password')
            scopes = query.get('scope', [])
        token = f'token{next(self.token_numbers)}'
        self.tokens[token] = scopes
        return 200, {}, json.dumps({'token': token, 'expires_in': self.token_life}).encode()

    # Content by HTTP.
    def manifest(self, request, name, reference):
        if request.method == 'PUT':
            document = json.loads(request.body)
            needed = [d['digest'] for d in document.get('layers', []) + [document['config']] if 'data' not in d] if 'config' in document else []
            missing = [d for d in needed if d not in self.blobs]
            missing += [d['digest'] for d in document.get('manifests', []) if (name, d['digest']) not in self.manifests and not reference.startswith('sha256-')]
            if missing:
                return self.error(404, 'MANIFEST_BLOB_UNKNOWN', missing[0])
            self.add_manifest(name, reference, request.body, request.headers['Content-Type'])
            headers = {'Location': request.path, 'Docker-Content-Digest': digest_of(request.body)}
            if self.has_referrers and 'subject' in document:
                headers['OCI-Subject'] = document['subject']['digest']
            return 201, headers, b''
        found = self.manifests.get((name, reference))
        if not found:
            return self.error(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
        return 200, {'Content-Type': found[0], 'Docker-Content-Digest': digest_of(found[1])}, found[1]

    def blob(self, request, name, digest):
        if digest not in self.blobs:
            return self.error(404, 'BLOB_UNKNOWN')
        content = self.blobs[digest]
        wanted = re.fullmatch(r'bytes=(\d+)-', request.headers.get('Range') or '')
        if wanted and self.has_ranges:
            start = int(wanted.group(1))
            return 206, {'Content-Range': f'bytes {start}-{len(content) - 1}/{len(content)}'}, content[start:]
        return 200, {'Content-Type': 'application/octet-stream', 'Docker-Content-Digest': digest}, content

    def referrers(self, name, digest, query):
        if not self.has_referrers:
            return self.error(404, 'UNSUPPORTED')
        found = []
        for (repository, reference), (kind, text) in self.manifests.items():
            document = json.loads(text)
            if repository == name and ':' in reference and document.get('subject', {}).get('digest') == digest:
                found.append({'mediaType': kind, 'digest': reference, 'size': len(text), 'artifactType': document.get('artifactType', '')})
        return 200, {'Content-Type': OCI_INDEX}, json.dumps({'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': found}).encode()

    # Uploads.
    def location(self, name, upload):
        state = f'?_state=s{len(self.uploads[upload])}'
        path = f'/v2/{name}/blobs/uploads/{upload}{state}'
        return path if self.relative_locations else f'{self.scheme}://{self.host}{path}'

    def begin_upload(self, name, query):
        if 'mount' in query and self.has_mounts and query['mount'][0] in self.blobs:
            return 201, {'Location': f'/v2/{name}/blobs/{query["mount"][0]}'}, b''
        upload = f'u{len(self.uploads)}'
        self.uploads[upload] = bytearray()
        headers = {'Location': self.location(name, upload)}
        if self.chunk_min:
            headers['OCI-Chunk-Min-Length'] = str(self.chunk_min)
        return 202, headers, b''

    def upload(self, request, name, upload, query):
        content = self.uploads.get(upload)
        if content is None:
            return self.error(404, 'BLOB_UPLOAD_UNKNOWN')
        progress = {'Range': f'0-{max(len(content) - 1, 0)}', 'Location': self.location(name, upload)}
        if request.method == 'GET':
            return 204, progress, b''
        if request.method == 'DELETE':
            del self.uploads[upload]
            return 204, {}, b''
        if query.get('_state') != [f's{len(content)}']:
            return self.error(400, 'BLOB_UPLOAD_INVALID', 'not the newest location')
        if request.method == 'PATCH':
            start, end = map(int, request.headers['Content-Range'].split('-'))
            if start != len(content) or end - start + 1 != len(request.body):
                return 416, progress, b''
            content += request.body
            return 202, {'Location': self.location(name, upload), 'Range': f'0-{len(content) - 1}'}, b''
        content += request.body
        if digest_of(content) != query['digest'][0]:
            return self.error(400, 'DIGEST_INVALID')
        self.blobs[query['digest'][0]] = bytes(content)
        del self.uploads[upload]
        return 201, {'Location': f'/v2/{name}/blobs/{query["digest"][0]}'}, b''
