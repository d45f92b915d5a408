"""What the tests of lying registries share: commands, the requests that they send, and what has to hold afterwards."""
import dataclasses
import json
import os
import re
import shutil
import subprocess
import time
from typing import Callable

from registry_case import LAYER, OCI_INDEX, PROGRAM, RegistryCase, packed

# On a machine that does much else.
QUICK_SECONDS = 25
SHAPES = [(r'/token', 'the token'), (r'/v2/$', 'the version'), (r'/blobs/uploads/\?mount=', 'a mount'), (r'/blobs/uploads/$', 'an upload'),
          (r'/blobs/uploads/.*digest=', 'the end of an upload'), (r'/blobs/uploads/.', 'a piece of an upload'),
          (r'/blobs/sha256:', 'a blob'), (r'/manifests/sha256:', 'a manifest by digest'), (r'/manifests/sha256-', 'the list of referrers'),
          (r'/manifests/', 'a manifest by name'), (r'/tags/list', 'the tags'), (r'/referrers/', 'the referrers')]


@dataclasses.dataclass(frozen=True)
class Command:
    name: str
    words: Callable  # (case) -> words
    store: str = 'empty'
    prepare: Callable = lambda case: None


def shape_of(request):
    """(method, pattern of the path) that stands for all requests of that kind."""
    pattern = next((pattern for pattern, _ in SHAPES if re.search(pattern, request.path)), None)
    if pattern is None:
        raise RuntimeError(f'{request} is of a new kind: give it a line in SHAPES')
    return request.method, pattern


def name_of(shape):
    return f'{shape[0]} {dict(SHAPES)[shape[1]]}'


class LyingCase(RegistryCase):
    """The commands go to a registry that wants tokens; everything of a case is made anew for each lie."""

    def setUp(self):
        super().setUp()
        self.registry.auth, self.registry.user, self.registry.password = 'bearer', 'alice', 'secret'
        self.credentials = [*self.access, '--creds=alice:secret']
        inner = self.add_image(None, [{'file': b'content\n' * 500}, {'more': b'x' * 4000}], kind=LAYER + '+gzip', pack=packed)
        self.registry.add_manifest('app/it', '1', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [
            {**inner, 'platform': {'os': 'linux', 'architecture': 'amd64'}}]})
        self.make_stores()

    def make_stores(self):
        os.makedirs(f'{self.place}/empty')
        os.makedirs(f'{self.place}/context')
        with open(f'{self.place}/context/file', 'wb') as file:
            file.write(os.urandom(20_000))
        self.must_in('built', 'build', '-q', '--timestamp=0', '-t', 'it', '-f', '-', f'{self.place}/context', input='FROM scratch\nCOPY file /\n')
        self.must_in('built', 'manifest', 'create', 'list', 'it')
        self.must_in('pulled', 'pull', '-q', *self.credentials, f'{self.registry.host}/app/it:1')

    def must_in(self, *words, **options):
        result = self.run_in(*words, **options)
        self.assertEqual(result.returncode, 0, result.stderr)

    def run_in(self, store, *words, limit=60, **options):
        command = [PROGRAM, '--root', f'{self.place}/{store}/store', '--runroot', f'{self.place}/{store}/run', *words]
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace',
                              check=False, timeout=limit, **options)

    def begin(self, command, store):
        self.registry.blobs, self.registry.manifests = map(dict, self.kept)
        self.registry.uploads, self.registry.requests, self.registry.rules = {}, [], []
        self.registry.tokens = {}
        shutil.rmtree(f'{self.place}/{store}', ignore_errors=True)
        subprocess.run(['cp', '-a', f'{self.place}/{command.store}', f'{self.place}/{store}'], check=True)

    def honest(self, command):
        """The kinds of requests of a command, and what it does where nobody lies."""
        command.prepare(self)
        self.kept = dict(self.registry.blobs), dict(self.registry.manifests)
        self.begin(command, 'struck')
        result = self.run_in('struck', *command.words(self))
        self.assertEqual(result.returncode, 0, f'{command.name}: {result.stderr}')
        return list(dict.fromkeys(map(shape_of, self.registry.requests))), self.outcome(result)

    def outcome(self, result):
        images = json.loads(self.run_in('struck', 'images', '--json', '--no-trunc').stdout or '[]')
        listed = sorted((image['id'], *sorted(image['names'] or [])) for image in images)
        tags = {key: text for key, (_, text) in self.registry.manifests.items() if ':' not in key[1]}
        auth = f'{self.place}/struck/auth.json'
        return listed, tags, os.path.exists(auth), result.stdout if result.args[5:6] == ['manifest'] else ''

    def lie(self, command, shape, lie, times, honest, limit=QUICK_SECONDS):
        """The command while the registry lies, what is left of it, and the command when it is honest again."""
        self.begin(command, 'struck')
        rule = self.registry.rule(shape[0], shape[1], times=times, **lie.rule)
        about = f'{command.name}, {name_of(shape)}: {lie.name}, {times or "each"} time'
        begun = time.monotonic()
        result = self.run_in('struck', *command.words(self), limit=limit * 4)
        seconds = time.monotonic() - begun
        self.assertGreater(rule.seen, 0, f'{about}: the request was not sent')
        self.assertLess(seconds, limit, f'{about}: it took too long')
        is_believed = lie.claims and shape[0] not in ('GET', 'HEAD')
        if result.returncode != 0:
            self.assert_clear(result, about)
            self.assertFalse(lie.passes and times == 1, f'{about}: it gave up: {result.stderr}')
        elif not is_believed:
            self.assertEqual(self.outcome(result), honest, f'{about}: success with another outcome')
        self.assert_whole(about)
        self.registry.rules = []
        result = self.run_in('struck', *command.words(self))
        self.assertEqual(result.returncode, 0, f'{about}: afterwards: {result.stderr}')
        self.assertEqual(self.outcome(result), honest, f'{about}: afterwards')

    def assert_clear(self, result, about):
        self.assertEqual(result.returncode, 125, f'{about}: {result.stderr}')
        errors = [line for line in result.stderr.splitlines() if line.startswith('Error: ')]
        self.assertEqual(len(errors), 1, f'{about}: {result.stderr}')
        self.assertGreater(len(errors[0]), 30, about)
        self.assertLess(len(errors[0]), 2000, about)
        self.assertIn(self.registry.host, errors[0], about)
        self.assertNotRegex(result.stderr, '[\x00-\x08\x0b-\x1f]', about)
        self.assertNotIn('secret', result.stderr, about)

    def assert_whole(self, about):
        checked = self.run_in('struck', 'check', '--digests', '--json')
        self.assertEqual(json.loads(checked.stdout)['problems'], [], about)
        staging = f'{self.place}/struck/store/staging'
        self.assertEqual(os.listdir(staging) if os.path.exists(staging) else [], [], about)
