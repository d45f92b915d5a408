"""Serves git repositories over HTTP by git's own backend. usage: git_server.py FOLDER [TOKEN]

With a token only requests whose password is the token are let in. /moved/PATH leads to /PATH, /away/URL to URL. The port is
printed; each request is printed, too."""
import base64
import http.server
import os
import subprocess
import sys

folder = os.path.abspath(sys.argv[1])
token = sys.argv[2] if len(sys.argv) > 2 else None


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        if token is not None:
            wanted = 'basic ' + base64.b64encode(f'x-access-token:{token}'.encode()).decode()
            if self.headers.get('Authorization', '').lower() != wanted.lower():
                self.send_response(401)
                self.send_header('WWW-Authenticate', 'Basic realm="git"')
                self.send_header('Content-Length', '0')
                self.end_headers()
                return
        if self.path.startswith(('/moved/', '/away/')):
            self.send_response(302)
            self.send_header('Location', self.path.removeprefix('/away/') if self.path.startswith('/away/') else self.path.removeprefix('/moved'))
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        path, _, query = self.path.partition('?')
        environment = {
            'GIT_PROJECT_ROOT': folder, 'GIT_HTTP_EXPORT_ALL': '1', 'PATH_INFO': path, 'QUERY_STRING': query,
            'REQUEST_METHOD': self.command, 'CONTENT_TYPE': self.headers.get('Content-Type', ''),
            'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', ''),
            'GIT_PROTOCOL': self.headers.get('Git-Protocol', ''), 'PATH': os.environ['PATH'], 'REMOTE_ADDR': '127.0.0.1',
            'GIT_CONFIG_COUNT': '1', 'GIT_CONFIG_KEY_0': 'safe.directory', 'GIT_CONFIG_VALUE_0': '*',
        }
        length = int(self.headers.get('Content-Length') or 0)
        if self.headers.get('Transfer-Encoding') == 'chunked':
            body = b''
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(length)
        result = subprocess.run(['git', 'http-backend'], input=body, env=environment, stdout=subprocess.PIPE, check=True)
        head, _, content = result.stdout.partition(b'\r\n\r\n')
        fields = dict(line.split(': ', 1) for line in head.decode().split('\r\n'))
        self.send_response(int(fields.pop('Status', '200').split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, text, *values):
        print(text % values, 'authorized' if self.headers.get('Authorization') else '', flush=True)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print('port', server.server_port, flush=True)
server.serve_forever()
