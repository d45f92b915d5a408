"""Who may do what: the checks AUTH-01 to AUTH-03 of a client, auth files, credential helpers, login and logout."""
import json
import os
import stat
import subprocess

from access_case import Access, encoded
from registry_case import main


class Tokens(Access):
    def test_auth_01_anonymous_token(self):
        self.registry.auth = 'bearer'
        self.add_image()
        self.pull()
        token = self.registry.sent('GET', '/token')
        self.assertEqual(len(token), 1, 'the token is kept')
        self.assertIn('service=registry.test', token[0].path)
        self.assertIn('scope=repository%3Aapp%2Fit%3Apull', token[0].path)
        self.assertNotIn('push', token[0].path)
        self.assertIsNone(token[0].headers['Authorization'])

    def test_auth_01_push_asks_for_more(self):
        self.with_password('bearer')
        self.build()
        self.push('app/new:1', '--creds=alice:secret')
        self.assertIn('pull%2Cpush', self.registry.sent('GET', '/token')[0].path)
        self.assertIn('Basic', self.registry.sent('GET', '/token')[0].headers['Authorization'])
        for request in self.registry.sent('PUT|POST|PATCH|HEAD'):
            self.assertNotIn('Basic', request.headers['Authorization'] or '')

    def test_a_busy_token_server_is_asked_again(self):
        self.registry.auth = 'bearer'
        self.add_image()
        self.registry.rule('GET', '/token', times=1, status=503, headers={'Retry-After': '0'})
        self.registry.rule('GET', '/token', times=1, status=429, headers={'Retry-After': '0'})
        self.pull()
        self.assertEqual(len(self.registry.sent('GET', '/token')), 3)

    def test_an_expired_token_is_renewed(self):
        self.with_password('bearer')
        self.add_image(layers=[{f'f{i}': bytes([i])} for i in range(3)])
        self.registry.rule('GET', '/blobs/', times=1, action=lambda *_: self.registry.tokens.clear(), headers={'X-Now': 'expired'},
                           change=lambda body: body)
        self.pull('app/it:1', '--creds=alice:secret')
        self.assertGreaterEqual(len(self.registry.sent('GET', '/token')), 2)

    def test_identity_token(self):
        self.with_password('bearer')
        self.write('auth.json', {'auths': {self.registry.host: {'identitytoken': 'secret', 'auth': encoded('x', '')}}})
        self.pull('app/it:1', f'--authfile={self.place}/auth.json')
        self.assertEqual(len(self.registry.sent('POST', '/token')), 1)

    def test_a_wrong_password_is_told(self):
        self.with_password('bearer')
        said = self.pull_fails('app/it:1', '--creds=alice:wrong')
        self.assertIn('wrong password', said)
        self.assertNotIn('alice:wrong', said)

    def test_mount_asks_for_both_repositories(self):
        self.with_password('bearer')
        self.build()
        self.push('app/one:1', '--creds=alice:secret')
        self.registry.rule('HEAD', '/v2/app/two/', status=404)
        self.registry.requests.clear()
        self.push('app/two:1', '--creds=alice:secret')
        self.assertTrue(any('one%3Apull' in path and 'two%3Apull%2Cpush' in path for path in self.registry.paths('GET', '/token')))


class Passwords(Access):
    def test_auth_02_basic_from_the_auth_file(self):
        self.with_password()
        self.assertIn('builder login', self.pull_fails())
        self.write('runtime/containers/auth.json', self.auths(self.registry.host))
        self.pull()

    def test_auth_03_no_password_over_plain_http(self):
        self.with_password()
        self.insecure = False
        self.write('runtime/containers/auth.json', self.auths(self.registry.host))
        self.pull_fails()
        self.assertEqual([r for r in self.registry.requests if r.headers['Authorization']], [])

    def test_files_in_their_order(self):
        self.with_password()
        host = self.registry.host
        right, wrong = self.auths(host), self.auths(host, password='wrong')
        places = ['runtime/containers/auth.json', '.config/containers/auth.json', '.docker/config.json']
        for place in reversed(places):
            for other in places:
                self.write(other, {})
            for later in places[places.index(place) + 1:]:
                self.write(later, wrong)
            self.write(place, right)
            self.pull('app/it:1', '--policy=always')
        for place in places:
            os.remove(f'{self.place}/{place}')
        self.write('.dockercfg', right['auths'])
        self.pull('app/it:1', '--policy=always')
        self.write('named.json', wrong)
        self.environment['REGISTRY_AUTH_FILE'] = f'{self.place}/named.json'
        self.pull_fails('app/it:1', '--policy=always')

    def test_the_longest_key_counts(self):
        self.with_password()
        host = self.registry.host
        self.write('auth.json', {'auths': {host: {'auth': encoded('bob', 'x')}, f'{host}/app': {'auth': encoded('alice', 'secret')},
                                           f'{host}/app/other': {'auth': encoded('bob', 'y')}}})
        self.pull('app/it:1', f'--authfile={self.place}/auth.json')

    def test_broken_and_open_files(self):
        self.with_password()
        for content in ('{"auths": ', '[]', '{"auths": {"%s": {"auth": "!!!"}}}' % self.registry.host):
            path = self.write('auth.json', content)
            self.assertIn('cannot use the auth file', self.pull_fails('app/it:1', f'--authfile={path}'))
        path = self.write('auth.json', self.auths(self.registry.host), 0o644)
        said = self.pull('app/it:1', f'--authfile={path}').stderr
        self.assertIn('can read the passwords', said)
        self.assertIn('chmod 600', said)

    def helper(self, name='test'):
        """A credential helper that keeps things in a file, and notes how it was called."""
        path = self.write(f'bin/docker-credential-{name}', f'''#!/bin/sh
echo "$@" >>{self.place}/calls
case $1 in
get) read server; [ -e {self.place}/kept ] || {{ echo "credentials not found in native keychain"; exit 1; }}; cat {self.place}/kept ;;
store) cat >{self.place}/kept ;;
erase) rm {self.place}/kept ;;
list) echo '{{"{self.registry.host}": "alice"}}' ;;
esac
''', 0o755)
        self.environment['PATH'] = f'{os.path.dirname(path)}:{self.environment["PATH"]}'

    def test_credential_helpers(self):
        self.with_password()
        self.helper()
        for setting in ({'credHelpers': {self.registry.host: 'test'}}, {'credsStore': 'test', 'auths': {self.registry.host: {}}}):
            path = self.write('auth.json', setting)
            self.builder('login', '--tls-verify=false', f'--authfile={path}', '--username=alice', '--password-stdin', self.registry.host,
                         input='secret\n')
            self.assertNotIn('c2VjcmV0', self.read(path))
            self.pull('app/it:1', '--policy=always', f'--authfile={path}')
            self.builder('logout', f'--authfile={path}', self.registry.host)
            self.assertFalse(os.path.exists(f'{self.place}/kept'))
        self.assertNotIn('secret', self.read(f'{self.place}/calls'))

    def test_a_helper_that_fails(self):
        self.with_password()
        self.write('bin/docker-credential-bad', '#!/bin/sh\necho "the vault is closed" >&2\nexit 3\n', 0o755)
        self.environment['PATH'] = f'{self.place}/bin:{self.environment["PATH"]}'
        path = self.write('auth.json', {'credHelpers': {self.registry.host: 'bad'}})
        self.assertIn('the vault is closed', self.pull_fails('app/it:1', f'--authfile={path}'))
        path = self.write('auth.json', {'credHelpers': {self.registry.host: 'none'}})
        self.assertIn('docker-credential-none', self.pull_fails('app/it:1', f'--authfile={path}'))

    def test_odd_answers_of_a_helper(self):
        """CVE-2019-1020014: what a helper says is bounded, well-formed JSON."""
        self.with_password()
        self.environment['PATH'] = f'{self.place}/bin:{self.environment["PATH"]}'
        path = self.write('auth.json', {'credHelpers': {self.registry.host: 'odd'}})
        good = '{"Username": "alice", "Secret": "secret"}'
        self.write('bin/docker-credential-odd', f"#!/bin/sh\necho '{good}'\n", 0o755)
        self.pull('app/it:1', f'--authfile={path}')
        for answer in (f'head -c 300000000 /dev/zero; touch {self.place}/told', "echo '{'", 'echo null', 'echo []', "echo '{\"Username\": 7}'",
                       "yes '[' | head -n 100000 | tr -d '\\n'"):
            self.write('bin/docker-credential-odd', f'#!/bin/sh\necho called >>{self.place}/calls\n{answer}\n', 0o755)
            said = self.pull_fails('app/it:1', '--policy=always', f'--authfile={path}')
            self.assertIn('docker-credential-odd', said, answer)
        self.assertEqual(self.read(f'{self.place}/calls').count('called'), 6)
        self.assertFalse(os.path.exists(f'{self.place}/told'), 'it is ended at the limit')

    def test_names_of_helpers_are_no_paths(self):
        """CVE-2021-20206: a name that leads elsewhere is refused, and what lies there is not run."""
        self.with_password()
        self.write('bin/docker-credential-', '#!/bin/sh\n', 0o755)
        self.write('elsewhere', f'#!/bin/sh\ntouch {self.place}/ran\n', 0o755)
        os.makedirs(f'{self.place}/bin/docker-credential-x')
        self.environment['PATH'] = f'{self.place}/bin:{self.environment["PATH"]}'
        for name in ('/../../elsewhere', 'x/../../elsewhere', f'{self.place}/elsewhere', ''):
            path = self.write('auth.json', {'credHelpers': {self.registry.host: name}})
            self.pull_fails('app/it:1', f'--authfile={path}')
            if name:
                self.assertIn('is not the name of a credential helper', self.pull_fails('app/it:1', f'--authfile={path}'))
        self.assertFalse(os.path.exists(f'{self.place}/ran'))

    def test_login_and_logout(self):
        self.with_password()
        host = self.registry.host
        login = ['login', '--tls-verify=false', '--username=alice', '--password-stdin', host]
        self.assertIn('invalid username/password', self.builder_fails(*login, input='wrong\n'))
        self.assertIn('not logged in', self.builder_fails('login', '--get-login', host))
        self.builder(*login, input='secret\n')
        path = f'{self.place}/runtime/containers/auth.json'
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(self.builder('login', '--get-login', host).stdout, 'alice\n')
        self.pull()
        self.builder('logout', host)
        self.assertEqual(json.loads(self.read(path))['auths'], {})
        self.assertIn('not logged in', self.builder_fails('logout', host))
        self.builder(*login, input='secret\n')
        self.builder('logout', '--all')
        self.assertEqual(json.loads(self.read(path))['auths'], {})
        self.assertIn('there is no terminal', self.builder_fails('login', '--tls-verify=false', host, stdin=subprocess.DEVNULL))

    def test_login_with_tokens(self):
        self.with_password('bearer')
        self.builder('login', '--tls-verify=false', '-u', 'alice', '-p', 'secret', self.registry.host)
        self.pull()


if __name__ == '__main__':
    main()
