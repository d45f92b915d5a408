"""Certificates, and where names lead: registries.conf, short names and the policy of trust."""
import json
import os
import subprocess

from access_case import Access
from registry_case import main


class Certificates(Access):
    def setUp(self):
        super().setUp()
        run = lambda *words: subprocess.run(['openssl', *words], cwd=self.place, check=True, capture_output=True)
        run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt',
            '-subj', '/CN=test authority', '-days', '2')
        run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'server.key', '-out', 'server.csr',
            '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1')
        run('x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.crt', '-days', '2',
            '-copy_extensions', 'copy')
        self.registry = self.start(certificate=(f'{self.place}/server.crt', f'{self.place}/server.key'))
        self.add_image()
        self.insecure = False

    def test_authorities(self):
        self.assertIn('certificate', self.pull_fails())
        self.pull('app/it:1', '--tls-verify=false')
        folder = f'{self.place}/.config/containers/certs.d/{self.registry.host}'
        os.makedirs(folder)
        os.symlink(f'{self.place}/ca.crt', f'{folder}/ca.crt')
        self.pull('app/it:1', '--policy=always')
        os.makedirs(f'{self.place}/named')
        self.assertIn('certificate', self.pull_fails('app/it:1', '--policy=always', f'--cert-dir={self.place}/named'))
        os.symlink(f'{self.place}/ca.crt', f'{self.place}/named/ca.crt')
        self.pull('app/it:1', '--policy=always', f'--cert-dir={self.place}/named')

    def test_certificates_of_clients(self):
        self.registry = self.start(certificate=(f'{self.place}/server.crt', f'{self.place}/server.key', f'{self.place}/ca.crt'))
        self.add_image()
        os.makedirs(f'{self.place}/named')
        os.symlink(f'{self.place}/ca.crt', f'{self.place}/named/ca.crt')
        self.pull_fails('app/it:1', f'--cert-dir={self.place}/named')
        # The server's certificate does for a client too.
        os.symlink(f'{self.place}/server.crt', f'{self.place}/named/client.cert')
        os.symlink(f'{self.place}/server.key', f'{self.place}/named/client.key')
        self.pull('app/it:1', f'--cert-dir={self.place}/named')

    def test_a_certificate_without_its_key(self):
        os.makedirs(f'{self.place}/named')
        os.symlink(f'{self.place}/server.crt', f'{self.place}/named/client.cert')
        self.assertIn('missing key client.key', self.pull_fails('app/it:1', f'--cert-dir={self.place}/named'))

    def test_tls_is_kept_on_redirects(self):
        plain = self.start('127.0.0.2')
        plain.blobs = self.registry.blobs
        self.registry.rule('GET', '/blobs/', status=307, headers={'Location': f'http://{plain.host}/v2/app/it/blobs/x'})
        os.makedirs(f'{self.place}/named')
        os.symlink(f'{self.place}/ca.crt', f'{self.place}/named/ca.crt')
        self.assertIn('not encrypted', self.pull_fails('app/it:1', f'--cert-dir={self.place}/named'))


class Names(Access):
    def conf(self, text):
        self.environment['CONTAINERS_REGISTRIES_CONF'] = self.write('registries.conf', text)

    def test_mirrors_and_location(self):
        mirror, dead = self.start('127.0.0.2'), '127.0.0.1:1'
        self.add_image(repository='real/app/it')
        self.add_image(repository='copy/app/it', registry=mirror)
        self.insecure = False
        rule = lambda pull_from: self.conf(f'''
[[registry]]
prefix = "example.test/team"
location = "{self.registry.host}/real"
insecure = true
[[registry.mirror]]
location = "{dead}/x"
insecure = true
[[registry.mirror]]
location = "{mirror.host}/copy"
insecure = true
pull-from-mirror = "{pull_from}"
''')
        rule('all')
        quick = ['--retry=0', '--retry-delay=5ms']
        self.builder('pull', *quick, 'example.test/team/app/it:1')
        self.assertTrue(mirror.requests and not self.registry.requests)
        rule('digest-only')
        mirror.requests.clear()
        self.builder('pull', *quick, '--policy=always', 'example.test/team/app/it:1')
        self.assertTrue(self.registry.requests and not mirror.requests)
        self.build()
        # What is pushed goes to the name itself, as with Buildah: rules say where to read.
        self.builder_fails('push', *quick, 'it', 'example.test/team/new:1')
        self.assertNotIn(('real/new', '1'), self.registry.manifests)
        self.conf(f'''
[[registry]]
prefix = "{self.registry.host}/team"
location = "{mirror.host}/real"
insecure = true
''')
        self.builder('push', *quick, 'it', f'{self.registry.host}/team/new:1')
        self.assertIn(('team/new', '1'), self.registry.manifests)
        self.assertNotIn(('real/new', '1'), mirror.manifests)

    def test_blocked(self):
        self.add_image()
        self.conf(f'[[registry]]\nlocation = "{self.registry.host}"\nblocked = true\n')
        self.assertIn('blocked', self.pull_fails())
        self.assertEqual(self.registry.requests, [])

    def test_wildcards_and_the_longest_prefix(self):
        self.conf('''
[[registry]]
prefix = "*.example.test"
blocked = true
[[registry]]
location = "ok.example.test/team"
''')
        self.assertIn('blocked', self.builder_fails('pull', 'x.example.test/app:1'))
        self.assertIn('blocked', self.builder_fails('pull', 'ok.example.test/other/app:1'))
        self.assertNotIn('blocked', self.builder_fails('pull', '--retry=0', 'ok.example.test/team/app:1'))

    def test_short_names(self):
        self.add_image(repository='found/it')
        self.add_image(repository='library/aliased')
        host = self.registry.host
        self.conf(f'''
unqualified-search-registries = ["127.0.0.1:1", "{host}/found"]
short-name-mode = "permissive"
[[registry]]
location = "{host}"
insecure = true
[[registry]]
location = "127.0.0.1:1"
insecure = true
[aliases]
"short" = "{host}/library/aliased"
''')
        self.builder('pull', '--retry=0', 'it:1')
        self.assertIn(f'{host}/found/it:1', json.dumps(self.images()))
        self.builder('pull', '--retry=0', 'short:1')
        self.environment['CONTAINERS_REGISTRIES_CONF'] = self.write('enforcing.conf', 'unqualified-search-registries = ["a.test", "b.test"]\nshort-name-mode = "enforcing"\n')
        self.assertIn('a.test or of b.test', self.builder_fails('pull', 'unknown:1'))

    def test_drop_ins(self):
        self.add_image()
        self.insecure = False
        self.write('drop/10-first.conf', f'[[registry]]\nlocation = "{self.registry.host}"\nblocked = true\n')
        self.write('drop/20-second.conf', f'[[registry]]\nlocation = "{self.registry.host}"\ninsecure = true\n')
        self.builder('--registries-conf-dir', f'{self.place}/drop', 'pull', f'{self.registry.host}/app/it:1')

    def test_errors_name_file_and_line(self):
        self.conf('unqualified-search-registries = [\n')
        self.assertIn('registries.conf', self.pull_fails())
        self.conf('[[registry]]\nlocation = "https://x.test"\n')
        self.assertIn('scheme', self.pull_fails())

    def test_policy(self):
        self.add_image()
        policy = lambda **scopes: self.write('policy.json', {'default': [{'type': 'reject'}], 'transports': {'docker': scopes}})
        host = self.registry.host
        path = policy(**{f'{host}/app': [{'type': 'insecureAcceptAnything'}]})
        self.pull('app/it:1', f'--signature-policy={path}')
        path = policy(**{f'{host}/app': [{'type': 'insecureAcceptAnything'}], f'{host}/app/it': [{'type': 'reject'}]})
        self.assertIn('is rejected by policy', self.pull_fails('app/it:1', '--policy=always', f'--signature-policy={path}'))
        path = policy(**{host: [{'type': 'signedBy', 'keyType': 'GPGKeys', 'keyPath': '/x'}]})
        self.assertIn('cannot verify signatures', self.pull_fails('app/it:1', '--policy=always', f'--signature-policy={path}'))

    def test_pull_policies(self):
        self.add_image('1', [{'which': b'old'}])
        old = self.pull().stdout
        self.add_image('1', [{'which': b'new'}])
        self.assertEqual(self.pull('app/it:1', '--policy=missing').stdout, old)
        self.assertEqual(self.pull('app/it:1', '--policy=never').stdout, old)
        new = self.pull('app/it:1', '--policy=ifnewer').stdout
        self.assertNotEqual(new, old)
        self.registry.rule('GET|HEAD', '.', status=404)
        self.assertEqual(self.pull('app/it:1', '--policy=ifnewer').stdout, new)
        self.pull_fails('app/it:1', '--policy=always')
        self.pull_fails('app/other:1', '--policy=never')

    def test_builds_take_their_base_from_a_registry(self):
        self.add_image('1', [{'which': b'one'}])
        self.add_image('2', [{'other': b'two'}])
        host = self.registry.host
        self.build(f'FROM {host}/app/it:1\nCOPY --from={host}/app/it:2 /other /copied\n', {}, 'made', *self.access)
        self.assertEqual(self.file_of('made', 'copied'), b'two')
        self.assertEqual(self.file_of('made', 'which'), b'one')
        self.add_image('1', [{'which': b'three'}])
        self.build(f'FROM {host}/app/it:1\n', {}, 'again', *self.access)
        self.assertEqual(self.file_of('again', 'which'), b'one')
        self.build(f'FROM {host}/app/it:1\n', {}, 'again', '--pull=always', *self.access)
        self.assertEqual(self.file_of('again', 'which'), b'three')
        self.build(f'FROM {host}/app/it:1\nENV a=b\n', {}, f'docker://{host}/built/it:1', *self.access)
        self.assertIn(('built/it', '1'), self.registry.manifests)


if __name__ == '__main__':
    main()
