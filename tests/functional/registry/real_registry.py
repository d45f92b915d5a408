"""Against Debian's docker-registry: over HTTP, over HTTPS with an authority of one's own, with passwords and with a token server;
behind an nginx that cuts connections, refuses and is slow; with skopeo and podman on the other side; and on a full disk."""
import base64
import contextlib
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

from registry_case import RegistryCase, main


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def base64url(content):
    return base64.urlsafe_b64encode(content).rstrip(b'=').decode()


class RealRegistry(RegistryCase):
    def setUp(self):
        super().setUp()
        for program in ('docker-registry', 'nginx', 'openssl', 'htpasswd'):
            if not shutil.which(program, path=os.environ['PATH'] + ':/usr/sbin'):
                self.skipTest(f'{program} is not installed')

    def start_registry(self, more='', scheme='http'):
        port = free_port()
        folder = f'{self.place}/registry-{port}'
        os.makedirs(folder)
        with open(f'{folder}/config.yml', 'w') as file:
            file.write(f'version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n'
                       f'http:\n  addr: 127.0.0.1:{port}\n{more}')
        self.start_program(['docker-registry', 'serve', f'{folder}/config.yml'], port)
        return f'127.0.0.1:{port}'

    def start_program(self, command, port):
        log = open(f'{self.place}/log-{port}', 'w')
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self.addCleanup(log.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

        def answers():
            with socket.socket() as probe:
                return probe.connect_ex(('127.0.0.1', port)) == 0
        self.wait_until(answers)
        return process

    def certificate(self):
        run = lambda *words: subprocess.run(['openssl', *words], cwd=self.place, check=True, capture_output=True)
        run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=authority', '-days', '2')
        run('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=127.0.0.1',
            '-addext', 'subjectAltName=IP:127.0.0.1')
        run('x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.crt', '-days', '2',
            '-copy_extensions', 'copy')
        os.makedirs(f'{self.place}/certs')
        shutil.copy(f'{self.place}/ca.crt', f'{self.place}/certs')
        return f'  tls: {{certificate: {self.place}/server.crt, key: {self.place}/server.key}}\n'

    def there_and_back(self, host, *access):
        content = os.urandom(6_000_000)
        self.build(files={'file': content})
        self.builder('push', '-q', *access, 'it', f'docker://{host}/app/it:1')
        image = self.builder('pull', *access, f'{host}/app/it:1', store='second').stdout.strip()
        self.assertEqual(self.file_of(image, 'file', store='second'), content)
        self.assertEqual(image, self.images()[0]['id'].removeprefix('sha256:'))

    def test_http(self):
        self.there_and_back(self.start_registry(), '--tls-verify=false')

    def test_https_with_a_private_authority(self):
        host = self.start_registry(self.certificate())
        self.there_and_back(host, f'--cert-dir={self.place}/certs')
        self.assertIn('certificate', self.builder_fails('pull', f'{host}/app/it:1', store='third'))

    def test_passwords(self):
        subprocess.run(['htpasswd', '-Bbc', f'{self.place}/passwords', 'alice', 'secret'], check=True, capture_output=True)
        host = self.start_registry(f'auth: {{htpasswd: {{realm: it, path: {self.place}/passwords}}}}\n')
        self.builder('login', '--tls-verify=false', '-u', 'alice', '--password-stdin', host, input='secret\n')
        self.there_and_back(host, '--tls-verify=false')
        self.builder('logout', host)
        self.assertIn('builder login', self.builder_fails('pull', '--tls-verify=false', f'{host}/app/it:1', store='third'))

    def token_server(self):
        """A token server as docker-registry wants it: JSON web tokens, signed by a key that the registry knows."""
        case = self
        certificate = subprocess.run(['openssl', 'x509', '-in', f'{self.place}/server.crt', '-outform', 'DER'], check=True,
                                     capture_output=True).stdout

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                wanted = 'Basic ' + base64.b64encode(b'alice:secret').decode()
                if self.headers.get('Authorization') != wanted:
                    self.send_error(401)
                    return
                access = []
                for scope in query.get('scope', []):
                    kind, name, actions = scope.split(':')
                    access.append({'type': kind, 'name': name, 'actions': actions.split(',')})
                now = int(time.time())
                header = {'typ': 'JWT', 'alg': 'RS256', 'x5c': [base64.b64encode(certificate).decode()]}
                claims = {'iss': 'issuer', 'sub': 'alice', 'aud': query['service'][0], 'exp': now + 60, 'nbf': now - 10, 'iat': now,
                          'jti': str(now), 'access': access}
                text = '.'.join(base64url(json.dumps(part).encode()) for part in (header, claims))
                signature = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', f'{case.place}/server.key'], input=text.encode(),
                                           check=True, capture_output=True).stdout
                body = json.dumps({'token': f'{text}.{base64url(signature)}', 'expires_in': 60}).encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f'http://127.0.0.1:{server.server_address[1]}/token'

    def test_token_server(self):
        self.certificate()
        realm = self.token_server()
        host = self.start_registry(f'auth:\n  token: {{realm: "{realm}", service: it, issuer: issuer, rootcertbundle: {self.place}/ca.crt}}\n')
        self.there_and_back(host, '--tls-verify=false', '--creds=alice:secret')
        self.assertIn('token server', self.builder_fails('pull', '--tls-verify=false', '--creds=alice:wrong', f'{host}/app/it:1',
                                                         store='third'))

    def start_nginx(self, registry, server, http_part=''):
        port = free_port()
        folder = f'{self.place}/nginx-{port}'
        os.makedirs(folder)
        with open(f'{folder}/nginx.conf', 'w') as file:
            file.write(f'''user root; daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {http_part}
    server {{
        listen 127.0.0.1:{port}; client_max_body_size 0; proxy_request_buffering off;
        location / {{ proxy_pass http://{registry}; proxy_set_header Host $http_host; {server} }}
    }}
}}
''')
        process = self.start_program(['/usr/sbin/nginx', '-c', f'{folder}/nginx.conf', '-p', folder], port)
        return f'127.0.0.1:{port}', folder, process

    @staticmethod
    def kill_workers(process):
        """Cuts every connection; the master starts new workers at once."""
        listed = subprocess.run(['pgrep', '--parent', str(process.pid)], stdout=subprocess.PIPE, text=True, check=False).stdout
        for worker in listed.split():
            os.kill(int(worker), signal.SIGKILL)

    @staticmethod
    def is_connected(port):
        """Whether a client is connected to a port of this machine: state 1 in proc_pid_net(5), tcp."""
        with open('/proc/net/tcp') as table:
            rows = [line.split() for line in table.readlines()[1:]]
        return any(row[1].endswith(f':{port:04X}') and row[3] == '01' for row in rows)

    @contextlib.contextmanager
    def cuts(self, nginx, host):
        """Cuts the connections six times meanwhile, each time when there has been one for a fifth of a second."""
        stop = threading.Event()
        port = int(host.rsplit(':', 1)[1])

        def cut():
            for _ in range(6):
                while not stop.wait(0.02) and not self.is_connected(port):
                    pass
                if not stop.wait(0.2):
                    self.kill_workers(nginx)

        thread = threading.Thread(target=cut)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def test_connections_that_are_cut(self):
        registry = self.start_registry()
        host, folder, nginx = self.start_nginx(registry, 'limit_rate 3m;')
        content = os.urandom(6_000_000)
        self.build(files={'file': content})
        quick = ['--tls-verify=false', '--retry-delay=20ms']
        with self.cuts(nginx, host):
            self.builder('push', '-q', *quick, 'it', f'docker://{host}/app/it:1')
        with self.cuts(nginx, host):
            image = self.builder('pull', *quick, f'{host}/app/it:1', store='second').stdout.strip()
        self.assertEqual(self.file_of(image, 'file', store='second'), content)
        with open(f'{folder}/access.log') as log:
            self.assertIn('" 206 ', log.read(), 'the download went on where it was cut')

    def test_429_and_503(self):
        registry = self.start_registry()
        for limits, place in (('limit_req_zone $server_addr zone=r:1m rate=20r/s; limit_req_status 429;', 'limit_req zone=r burst=1 nodelay;'),
                              ('limit_conn_zone $server_addr zone=c:1m; limit_conn_status 503;', 'limit_conn c 1;')):
            host, folder, _ = self.start_nginx(registry, place, limits)
            self.build('FROM scratch\nCOPY a /\nCOPY b /\nCOPY c /\n', {n: os.urandom(2_000_000) for n in 'abc'}, 'many')
            quick = ['--tls-verify=false', '--retry-delay=20ms']
            self.builder('push', '-q', *quick, 'many', f'docker://{host}/app/many:1')
            self.builder('pull', *quick, f'{host}/app/many:1', store=f'store-{host[-5:]}')
            with open(f'{folder}/access.log') as log:
                self.assertRegex(log.read(), '" (429|503) ', 'it was refused now and then')

    def test_500_for_good_ends(self):
        host, _, _ = self.start_nginx(self.start_registry(), 'return 500;')
        self.build()
        self.assertIn('500', self.builder_fails('push', '-q', '--tls-verify=false', '--retry=2', '--retry-delay=5ms', 'it', f'docker://{host}/app/it:1'))

    def test_skopeo_and_podman(self):
        if not shutil.which('skopeo') or not shutil.which('podman'):
            self.skipTest('skopeo or podman is not installed')
        host = self.start_registry()
        self.build('FROM scratch\nCOPY file /\nENV a=b\n', {'file': b'x' * 100_000})
        run = lambda *words: subprocess.run(words, check=True, capture_output=True, text=True, env=self.environment).stdout
        podman = ['podman', '--root', f'{self.place}/podman', '--runroot', f'{self.place}/podman-run', '--storage-driver=vfs']
        for packing in ('gzip', 'zstd'):
            for form in ('oci', 'v2s2'):
                if (packing, form) == ('zstd', 'v2s2'):
                    continue  # Docker's family has no type for it that they take
                name = f'{host}/app/it:{packing}-{form}'
                self.builder('push', '-q', '--tls-verify=false', f'--compression-format={packing}', f'--format={form}', 'it', f'docker://{name}')
                run('skopeo', 'copy', '-q', '--src-tls-verify=false', f'docker://{name}', f'dir:{self.place}/{packing}-{form}')
                self.assertEqual(run(*podman, 'pull', '-q', '--tls-verify=false', name).strip(), self.images()[0]['id'].removeprefix('sha256:'))
        for form in ('oci', 'v2s2'):
            run('skopeo', 'copy', '-q', '--dest-tls-verify=false', '--format', form, f'dir:{self.place}/gzip-oci', f'docker://{host}/from/skopeo:{form}')
            image = self.builder('pull', '--tls-verify=false', f'{host}/from/skopeo:{form}', store='second').stdout.strip()
            self.assertEqual(self.file_of(image, 'file', store='second'), b'x' * 100_000)
        run(*podman, 'push', '-q', '--tls-verify=false', f'{host}/app/it:gzip-oci', f'{host}/from/podman:1')
        image = self.builder('pull', '--tls-verify=false', f'{host}/from/podman:1', store='third').stdout.strip()
        self.assertEqual(self.file_of(image, 'file', store='third'), b'x' * 100_000)
        subprocess.run([*podman, 'rmi', '--all', '--force'], check=False, capture_output=True)

    def test_a_disk_that_is_full_half_way(self):
        host = self.start_registry()
        self.build('FROM scratch\nCOPY small /\nCOPY large /\n', {'small': os.urandom(100_000), 'large': os.urandom(16_000_000)})
        self.builder('push', '-q', '--tls-verify=false', 'it', f'docker://{host}/app/it:1')
        store = f'{self.place}/second'
        os.makedirs(store)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', store], check=True)
        self.addCleanup(subprocess.run, ['umount', store], check=False)
        self.assertIn('no space left', self.builder_fails('pull', '--tls-verify=false', f'{host}/app/it:1', store='second'))
        self.assertEqual(self.images('second'), [])
        subprocess.run(['mount', '-o', 'remount,size=100m', store], check=True)
        self.builder('pull', '--tls-verify=false', f'{host}/app/it:1', store='second')


if __name__ == '__main__':
    main()
