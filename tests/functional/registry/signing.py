"""--sign-by: signatures by GnuPG, where registries.d says, that verify and speak of the image."""
import glob
import json
import os
import shutil
import subprocess

from registry_case import RegistryCase, main


class Signing(RegistryCase):
    def setUp(self):
        super().setUp()
        if not shutil.which('gpg'):
            self.skipTest('gpg is not installed')
        home = f'{self.place}/gnupg'
        os.mkdir(home, 0o700)
        self.environment['GNUPGHOME'] = home
        self.addCleanup(subprocess.run, ['gpgconf', '--kill', 'all'], env=self.environment, check=False)
        self.gpg('--quick-generate-key', 'signer@example.invalid', 'ed25519', 'sign', 'never')
        folder = f'{self.place}/.config/containers/registries.d'
        os.makedirs(folder)
        with open(f'{folder}/here.yaml', 'w') as file:
            file.write(f'default-docker:\n  lookaside: http://only-read.invalid\n'
                       f'docker:\n  {self.registry.host}/app:\n    lookaside-staging: file://{self.place}/signatures\n')

    def gpg(self, *words):
        command = ['gpg', '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '', *words]
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, check=True).stdout

    def signatures(self, name, digest):
        return sorted(glob.glob(f'{self.place}/signatures/{name}@{digest.replace(":", "=")}/signature-*'))

    def check(self, path, name, digest):
        signed = json.loads(self.gpg('--decrypt', path))
        self.assertEqual(signed['critical'], {'identity': {'docker-reference': f'{self.registry.host}/{name}'},
                                              'image': {'docker-manifest-digest': digest}, 'type': 'atomic container signature'})

    def test_push(self):
        self.build()
        for count in (1, 2):
            self.push('app/it:1', '--sign-by', 'signer@example.invalid', '--digestfile', f'{self.place}/digest')
            with open(f'{self.place}/digest') as file:
                digest = file.read()
            self.assertEqual(len(self.signatures('app/it', digest)), count)
        self.check(self.signatures('app/it', digest)[0], 'app/it:1', digest)

    def test_build_and_commit(self):
        place = f'docker://{self.registry.host}/app/built:1'
        self.build('FROM scratch\nCOPY file /\n', None, place, '--sign-by', 'signer@example.invalid', *self.access)
        self.assertEqual(len(glob.glob(f'{self.place}/signatures/app/built@*/signature-1')), 1)
        name = self.builder('from', 'scratch').stdout.strip()
        self.builder('commit', '-q', '--sign-by', 'signer@example.invalid', *self.access, name, place.replace('built', 'committed'))
        self.assertEqual(len(glob.glob(f'{self.place}/signatures/app/committed@*/signature-1')), 1)

    def test_what_cannot_be_signed(self):
        self.build()
        self.assertIn('nosuch@example.invalid', self.push_fails('app/it:1', '--sign-by', 'nosuch@example.invalid'))
        self.assertIn('only read', self.push_fails('elsewhere/it:1', '--sign-by', 'signer@example.invalid'))
        self.assertIn('cannot be signed', self.builder_fails('push', '--sign-by', 'signer@example.invalid', 'it', f'oci:{self.place}/out:x'))
        self.assertFalse(os.path.exists(f'{self.place}/out'))
        self.assertIn('nothing does', self.builder_fails('build', '--sign-by', 'x', '-t', 'y', '-f', '-', self.place, input='FROM scratch\n'))


if __name__ == '__main__':
    main()
