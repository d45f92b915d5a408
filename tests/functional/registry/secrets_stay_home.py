"""A secret (password, token, client certificate) belongs to the origin that it was given for: each hop of a request is tried,
over http and https. Every test first shows that the other server was asked, or that the secret went where it belongs."""
import base64
import json
import os
import shutil
import subprocess

from registry_case import RegistryCase, main

SECRET = 'alice:S3CRET'
ENCODED = base64.b64encode(SECRET.encode()).decode()
CREDS = '--creds=' + SECRET


class Hops(RegistryCase):
    secure = False

    def setUp(self):
        super().setUp()
        if self.secure:
            self.make_certificate()
            self.insecure = False
            self.registry = self.server()
        self.other = self.server('127.0.0.2')

    def make_certificate(self):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.crt',
                        '-days', '2', '-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1,IP:127.0.0.2'],
                       cwd=self.place, check=True, capture_output=True)

    def server(self, address='127.0.0.1'):
        if not self.secure:
            return self.start(address)
        registry = self.start(address, certificate=(f'{self.place}/server.crt', f'{self.place}/server.key'))
        folder = f'{self.place}/.config/containers/certs.d/{registry.host}'
        os.makedirs(folder)
        os.link(f'{self.place}/server.crt', f'{folder}/ca.crt')
        return registry

    def address(self, registry):
        return f'{registry.scheme}://{registry.host}'

    def with_password(self, kind='basic'):
        self.registry.auth, (self.registry.user, self.registry.password) = kind, SECRET.split(':')
        self.add_image()

    def secrets_at(self, registry):
        return [r for r in registry.requests if r.headers['Authorization']]

    def assert_got_nothing(self, registry, asked=True):
        if asked:
            self.assertTrue(registry.requests, 'precondition: the other server was asked')
        self.assertEqual(self.secrets_at(registry), [])
        self.assertFalse([r for r in registry.requests if b'S3CRET' in r.body or 'S3CRET' in r.path])

    def send_blobs_to(self, other, status=307):
        """The registry's blobs lie at another server."""
        other.blobs = self.registry.blobs
        self.registry.rule('GET', '/blobs/sha256', action=lambda handler, request: self.registry.send(
            handler, status, {'Location': self.address(other) + request.path}, b'', None, request))


class Plain(Hops):
    def test_a_password_goes_where_it_belongs(self):
        self.with_password()
        self.pull('app/it:1', CREDS)
        self.assertIn('Basic ' + ENCODED, [r.headers['Authorization'] for r in self.registry.requests])

    def test_redirect(self):
        self.with_password()
        self.send_blobs_to(self.other)
        self.pull('app/it:1', CREDS)
        self.assert_got_nothing(self.other)

    def test_redirect_target_challenges(self):
        for kind in ('basic', 'bearer'):
            with self.subTest(kind):
                self.with_password()
                self.send_blobs_to(self.other)
                self.other.auth, self.other.user, self.other.password = kind, 'alice', 'S3CRET'
                error = self.pull_fails('app/it:1', CREDS, '--policy=always')
                self.assertIn('401', error)
                self.assert_got_nothing(self.other)
                self.assertFalse(self.other.sent('GET', '/token'), 'nobody asks for a token that such a server names')

    def test_redirect_that_leads_back(self):
        self.with_password()
        self.send_blobs_to(self.other)
        self.other.rule('GET', '/blobs/', action=lambda handler, request: self.other.send(
            handler, 307, {'Location': self.address(self.registry) + '/chosen' + request.path}, b'', None, request))
        self.pull_fails('app/it:1', CREDS)
        chosen = self.registry.sent('GET', '^/chosen')
        self.assertTrue(chosen, 'precondition: it was led back')
        self.assertEqual([r.headers['Authorization'] for r in chosen if r.headers['Authorization']], [])

    def test_realm_elsewhere(self):
        self.with_password('bearer')
        self.other.tokens, self.other.password, self.other.user = self.registry.tokens, 'S3CRET', 'alice'
        self.registry.realm = self.address(self.other) + '/token'
        error = self.pull_fails('app/it:1', CREDS)
        self.assertIn('auth-endpoint', error)
        self.assert_got_nothing(self.other, asked=False)

        os.makedirs(f'{self.place}/.config/builder')
        with open(f'{self.place}/.config/builder/builder.toml', 'w') as file:
            file.write(f'[registry."{self.registry.host}"]\nauth-endpoint = "{self.address(self.other)}/token"\n')
        self.pull('app/it:1', CREDS)
        self.assertEqual(len(self.secrets_at(self.other)), 1, 'the user named it')

    def test_realm_elsewhere_without_a_password(self):
        self.registry.auth = 'bearer'
        self.add_image()
        self.other.tokens = self.registry.tokens
        self.registry.realm = self.address(self.other) + '/token'
        self.pull()
        self.assertTrue(self.other.sent('GET', '/token'))

    def test_realm_at_another_port(self):
        self.with_password('bearer')
        near = self.server()
        near.tokens, near.user, near.password = self.registry.tokens, 'alice', 'S3CRET'
        self.registry.realm = self.address(near) + '/token'
        self.pull('app/it:1', CREDS)
        self.assertTrue(self.secrets_at(near))

    def test_identity_token(self):
        self.with_password('bearer')
        self.registry.realm = self.address(self.other) + '/token'
        path = f'{self.place}/auth.json'
        with open(path, 'w') as file:
            json.dump({'auths': {self.registry.host: {'auth': base64.b64encode(b'<token>:').decode(), 'identitytoken': 'S3CRET'}}}, file)
        os.chmod(path, 0o600)
        self.assertIn('auth-endpoint', self.pull_fails('app/it:1', f'--authfile={path}'))
        self.assert_got_nothing(self.other, asked=False)

    def test_upload_location(self):
        self.with_password()
        self.build()
        self.other.auth, self.other.user, self.other.password = 'basic', 'alice', 'S3CRET'
        self.registry.rule('POST', '/blobs/uploads/', status=202, headers={'Location': self.address(self.other) + '/upload/1'})
        self.push_fails('app/new:1', CREDS)
        self.assert_got_nothing(self.other)

    def test_mirror(self):
        self.with_password()
        self.add_image(registry=self.other, repository='mirror/app/it')
        self.other.auth, self.other.user, self.other.password = 'basic', 'alice', 'S3CRET'
        insecure = 'insecure = true\n' if self.insecure else ''
        with open(f'{self.place}/registries.conf', 'w') as file:
            file.write(f'[[registry]]\nlocation = "{self.registry.host}"\n{insecure}[[registry.mirror]]\n'
                       f'location = "{self.other.host}/mirror"\n{insecure}')
        self.environment['CONTAINERS_REGISTRIES_CONF'] = f'{self.place}/registries.conf'
        self.pull('app/it:1', CREDS)
        self.assert_got_nothing(self.other)
        self.assertTrue(self.secrets_at(self.registry))

    def test_referrers(self):
        self.with_password()
        self.registry.rule('GET', '/referrers/', action=lambda handler, request: self.registry.send(
            handler, 302, {'Location': self.address(self.other) + request.path}, b'', None, request))
        self.other.auth, self.other.user, self.other.password = 'basic', 'alice', 'S3CRET'
        self.builder_fails('manifest', 'inspect', *self.access, CREDS, '--referrers', f'docker://{self.registry.host}/app/it:1')
        self.assert_got_nothing(self.other)

    def test_next_page_of_tags(self):
        self.with_password()
        self.registry.rule('GET', '/tags/list', skip=1, status=200, body=b'{"name": "app/it", "tags": ["1"]}',
                           headers={'Link': f'<{self.address(self.other)}/v2/app/it/tags/list?last=1>; rel="next"'})
        self.other.auth, self.other.user, self.other.password = 'basic', 'alice', 'S3CRET'
        self.pull_fails('app/it', CREDS, '--all-tags')
        self.assertTrue(self.secrets_at(self.registry))
        self.assert_got_nothing(self.other)

    def test_debug_lines(self):
        """What is told of requests has no secret in it."""
        self.with_password('bearer')
        self.registry.rule('GET', '^/v2/app/it/blobs/', status=307, times=1, headers={
            'Location': f'{self.address(self.registry)}/elsewhere?signature=S3CRET'})
        result = self.builder_fails('--log-level=trace', 'pull', *self.access, CREDS, f'{self.registry.host}/app/it:1')
        self.assertIn('status 307', result)
        self.assertTrue(self.registry.tokens)
        for secret in ('S3CRET', ENCODED, *self.registry.tokens):
            self.assertNotIn(secret, result)

    def test_layers_that_lie_elsewhere(self):
        self.with_password()
        kind = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
        self.add_image('foreign', kind=kind)
        self.pull_fails('app/it:foreign', CREDS)
        self.assert_got_nothing(self.other, asked=False)

    def test_build_with_two_registries(self):
        self.with_password()
        self.add_image(registry=self.other)
        self.other.auth, self.other.user, self.other.password = 'basic', 'alice', 'S3CRET'
        file = f'FROM {self.registry.host}/app/it:1\nFROM {self.other.host}/app/it:1\nCOPY --from=0 /file /f\n'
        os.mkdir(f'{self.place}/empty')
        words = ['build', '-q', *self.access, CREDS, '-f', '-', f'{self.place}/empty']
        error = self.builder_fails(*words, input=file)
        self.assertIn('--authfile', error)
        for registry in (self.registry, self.other):
            self.assertEqual(self.secrets_at(registry), [])
        self.builder(*words, input=f'FROM {self.registry.host}/app/it:1\nLABEL a=b\n')
        self.assertTrue(self.secrets_at(self.registry))

    def test_login_is_for_that_registry(self):
        self.with_password()
        self.registry.rule('GET', '^/v2/$', status=307, headers={'Location': self.address(self.other) + '/v2/'})
        self.other.auth, self.other.user, self.other.password = 'basic', 'alice', 'S3CRET'
        self.builder_fails('login', *(['--tls-verify=false'] if self.insecure else []), '-u', 'alice', '-p', 'S3CRET', self.registry.host)
        self.assert_got_nothing(self.other)


class Encrypted(Plain):
    secure = True

    def test_upload_location_without_encryption(self):
        self.with_password()
        self.build()
        plain = self.start('127.0.0.3')
        self.registry.rule('POST', '/blobs/uploads/', status=202, headers={'Location': f'http://{plain.host}/upload/1'}, times=1)
        self.assertIn('not encrypted', self.push_fails('app/new:1', CREDS))
        self.assertEqual(plain.requests, [])

    def test_upload_location_of_a_registry_that_takes_itself_for_plain(self):
        self.with_password()
        self.build()
        self.registry.scheme = 'http'
        self.push('app/new:1', CREDS)
        self.assertIn(('app/new', '1'), self.registry.manifests)

    def test_realm_without_encryption(self):
        self.with_password('bearer')
        plain = self.start()
        self.registry.realm = f'http://{plain.host}/token'
        self.assertIn('unencrypted', self.pull_fails('app/it:1', CREDS))
        self.assertEqual(plain.requests, [])

    def test_insecure_is_one_host(self):
        """--tls-verify=false, or insecure, of one registry says nothing of a token server elsewhere."""
        shutil.rmtree(f'{self.place}/.config/containers')
        self.registry.auth = 'bearer'
        self.add_image()
        self.other.tokens = self.registry.tokens
        self.registry.realm = self.address(self.other) + '/token'
        self.insecure = True
        self.assertIn('certificate', self.pull_fails())
        self.assertEqual(self.other.requests, [])
        self.registry.realm = None
        self.pull()


class ClientCertificate(Hops):
    secure = True

    def test_only_the_registry_sees_it(self):
        files = (f'{self.place}/server.crt', f'{self.place}/server.key', f'{self.place}/server.crt')
        self.registry = self.start(certificate=files)
        wants_one = self.start('127.0.0.2', certificate=files)  # nobody is served there without a certificate
        self.add_image()
        os.mkdir(f'{self.place}/certs')
        for kind, name in (('crt', 'ca.crt'), ('crt', 'client.cert'), ('key', 'client.key')):
            os.link(f'{self.place}/server.{kind}', f'{self.place}/certs/{name}')
        words = f'--cert-dir={self.place}/certs'
        self.pull('app/it:1', words)
        self.send_blobs_to(wants_one)
        self.builder('rmi', '--all')
        self.builder('prune', '--force')
        self.pull_fails('app/it:1', words)
        self.assertEqual(wants_one.requests, [])


if __name__ == '__main__':
    main()
