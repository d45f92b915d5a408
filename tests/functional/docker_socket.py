"""The part of a Docker daemon that takes images: docker_socket.py SOCKET FILE. What was loaded last is in the file; an
archive that names "refused:1" is not taken."""
import http.server
import os
import socketserver
import sys
import tarfile


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, text):
        self.send_response(200)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self):
        self.answer('OK')

    def do_POST(self):
        left = int(self.headers['Content-Length'])
        with open(sys.argv[2] + '.new', 'wb') as file:
            while left > 0:
                part = self.rfile.read(min(left, 1 << 20))
                if not part:
                    return
                file.write(part)
                left -= len(part)
        with tarfile.open(sys.argv[2] + '.new') as archive:
            table = archive.extractfile('manifest.json').read()
        if b'refused:1' in table:
            return self.answer('{"errorDetail":{"message":"no room here"},"error":"no room here"}\n')
        os.rename(sys.argv[2] + '.new', sys.argv[2])
        return self.answer('{"stream":"Loaded"}\n')

    def address_string(self):
        return 'a socket'


with socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler) as server:
    print('listens', flush=True)
    server.serve_forever()
