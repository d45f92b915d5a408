"""Images of a Docker daemon, by its socket, and of the store that podman and Buildah share."""
import http.server
import io
import json
import shutil
import socketserver
import subprocess
import tarfile
import threading

from registry_case import RegistryCase, main


class Daemon(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """As much of a Docker daemon as is spoken to: it keeps archives by name."""
    daemon_threads = True

    def __init__(self, path):
        self.images = {}
        daemon = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def address_string(self):
                return 'local'

            def log_message(self, *_):
                pass

            def answer(self, status, body):
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                name = self.path.split('/')[2].replace('%3A', ':').replace('%2F', '/')
                if name in daemon.images:
                    self.answer(200, daemon.images[name])
                else:
                    self.answer(404, json.dumps({'message': f'No such image: {name}'}).encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                manifest = json.load(tarfile.open(fileobj=io.BytesIO(body)).extractfile('manifest.json'))
                for name in manifest[0]['RepoTags']:
                    daemon.images[name] = daemon.images[name.removeprefix('docker.io/')] = body
                self.answer(200, b'{"stream":"Loaded"}')

        super().__init__(path, Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class DockerDaemon(RegistryCase):
    def test_there_and_back(self):
        daemon = Daemon(f'{self.place}/docker.sock')
        self.addCleanup(daemon.server_close)
        self.addCleanup(daemon.shutdown)
        self.environment['DOCKER_HOST'] = f'unix://{self.place}/docker.sock'
        self.build(files={'file': b'x' * 300_000})
        self.builder('push', '-q', 'it', 'docker-daemon:app/it:1')
        self.assertIn('app/it:1', daemon.images)
        image = self.builder('pull', 'docker-daemon:app/it:1', store='second').stdout.strip()
        self.assertEqual(self.file_of(image, 'file', store='second'), b'x' * 300_000)
        self.assertIn('No such image', self.builder_fails('pull', 'docker-daemon:app/none:1'))

    def test_nobody_there(self):
        self.environment['DOCKER_HOST'] = f'unix://{self.place}/docker.sock'
        self.assertIn('Docker daemon', self.builder_fails('pull', 'docker-daemon:app/it:1'))


class ContainersStorage(RegistryCase):
    def test_an_image_of_buildah(self):
        if not shutil.which('skopeo'):
            self.skipTest('skopeo is not installed')
        self.build('FROM scratch\nCOPY file /\nCOPY other /folder/other\n', {'file': b'x' * 5000, 'other': b'y'})
        self.builder('push', '-q', 'it', f'oci:{self.place}/layout:1')
        root, run = f'{self.place}/storage', f'{self.place}/storage-run'
        subprocess.run(['skopeo', 'copy', '-q', f'oci:{self.place}/layout:1',
                        f'containers-storage:[overlay@{root}+{run}]example.test/app/it:1'], check=True, capture_output=True)
        for name in (f'[overlay@{root}+{run}]example.test/app/it:1', f'[{root}]example.test/app/it:1'):
            image = self.builder('pull', f'containers-storage:{name}', store='second').stdout.strip()
            self.assertEqual(self.file_of(image, 'folder/other', store='second'), b'y')
        self.assertEqual(image, self.images()[0]['id'].removeprefix('sha256:'))
        self.assertIn('no image', self.builder_fails('pull', f'containers-storage:[{root}]example.test/none:1'))
        self.assertIn('only read', self.builder_fails('build', '-q', '-t', f'containers-storage:[{root}]x', '-f', '-', input='FROM scratch\n'))


if __name__ == '__main__':
    main()
