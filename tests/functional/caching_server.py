"""Serves a folder with validators, and says what it was asked. usage: caching_server.py FOLDER [etag] [TOKEN]

With etag it gives an ETag and no Last-Modified, else the other way round. With a token, requests need it as a bearer."""
import email.utils
import hashlib
import http.server
import os
import sys

folder, arguments = sys.argv[1], sys.argv[2:]
with_etag = 'etag' in arguments
token = next((word for word in arguments if word != 'etag'), None)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if token is not None and self.headers.get('Authorization') != 'Bearer ' + token:
            return self.reply(401, b'')
        if self.path.startswith('/away/'):
            self.send_response(302)
            self.send_header('Location', self.path[len('/away/'):])
            self.send_header('Content-Length', '0')
            return self.end_headers()
        path = folder + self.path
        with open(path, 'rb') as file:
            content = file.read()
        if with_etag:
            name, value, condition = 'ETag', '"' + hashlib.md5(content).hexdigest() + '"', 'If-None-Match'
        else:
            name, value, condition = 'Last-Modified', email.utils.formatdate(os.stat(path).st_mtime, usegmt=True), 'If-Modified-Since'
        if self.headers.get(condition) == value:
            return self.reply(304, b'', {name: value})
        self.reply(200, content, {name: value, 'Content-Disposition': 'attachment; filename="given.name"'})

    def reply(self, status, content, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, text, *values):
        print(text % values, 'authorized' if self.headers.get('Authorization') else '', flush=True)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print('port', server.server_port, flush=True)
server.serve_forever()
