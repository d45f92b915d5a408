"""Serves a folder with validators of several kinds, and says what it was asked. usage: validating_server.py FOLDER

/age/FILE     Last-Modified, compared by age as many servers do; a 304 does not repeat it
/both/FILE    an ETag and Last-Modified
/constant/FILE  the same ETag for every file
/to/NAME      leads to the address that is in FOLDER/location"""
import email.utils
import hashlib
import http.server
import os
import sys

folder = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        _, kind, name = self.path.split('?')[0].split('/', 2)
        if kind == 'to':
            with open(folder + '/location') as file:
                return self.reply(302, b'', {'Location': file.read().strip()})
        with open(folder + '/' + name, 'rb') as file:
            content = file.read()
        modified = int(os.stat(folder + '/' + name).st_mtime)
        headers = {'Last-Modified': email.utils.formatdate(modified, usegmt=True)}
        since = self.headers.get('If-Modified-Since')
        if kind == 'age':
            if since and modified <= email.utils.parsedate_to_datetime(since).timestamp():
                return self.reply(304, b'', {})
            return self.reply(200, content, headers)
        headers['ETag'] = '"constant"' if kind == 'constant' else '"' + hashlib.md5(content).hexdigest() + '"'
        if self.headers.get('If-None-Match') == headers['ETag']:
            return self.reply(304, b'', headers)
        self.reply(200, content, headers)

    def reply(self, status, content, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, text, *values):
        asked = [name for name in ('If-None-Match', 'If-Modified-Since') if name in self.headers]
        print(text % values, *asked, flush=True)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print('port', server.server_port, flush=True)
server.serve_forever()
