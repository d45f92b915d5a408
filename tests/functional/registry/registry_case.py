"""What the tests of the client of registries share: a store, a scripted registry, images made by hand."""
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

from scripted_registry import OCI_INDEX, OCI_MANIFEST, ScriptedRegistry, digest_of

HERE = os.path.dirname(os.path.realpath(__file__))
PROGRAM = os.environ.get('BUILDER') or os.path.join(HERE, '../../../build/bin/builder')
CONFIG = 'application/vnd.oci.image.config.v1+json'
LAYER = 'application/vnd.oci.image.layer.v1.tar'


def tar_of(files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode='w') as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def zstd(content):
    return subprocess.run(['zstd', '-q', '-c'], input=content, stdout=subprocess.PIPE, check=True).stdout


class RegistryCase(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest('only root may do what this needs')
        self.place = tempfile.mkdtemp(prefix='builder-registry.')
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.environment = {**os.environ, 'HOME': self.place, 'CONTAINERS_REGISTRIES_CONF': os.path.join(HERE, '../registries.conf')}
        for name in ('REGISTRY_AUTH_FILE', 'DOCKER_CONFIG', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'http_proxy', 'https_proxy'):
            self.environment.pop(name, None)
        self.environment['XDG_RUNTIME_DIR'] = os.path.join(self.place, 'runtime')
        self.registry = self.start()
        self.insecure = True

    def start(self, *arguments, **options):
        registry = ScriptedRegistry(*arguments, **options)
        self.addCleanup(registry.close)
        return registry

    def wait_until(self, holds):
        """True as soon as the condition is; the wait has a deadline."""
        deadline = time.monotonic() + 20
        while not holds():
            self.assertLess(time.monotonic(), deadline, 'waited in vain')
            time.sleep(0.01)

    # Running.
    def run_builder(self, *words, store='store', **options):
        command = [PROGRAM, '--root', f'{self.place}/{store}', '--runroot', f'{self.place}/run-{store}', *words]
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                              timeout=60, **options)

    def builder(self, *words, **options):
        result = self.run_builder(*words, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def builder_fails(self, *words, **options):
        result = self.run_builder(*words, **options)
        self.assertEqual(result.returncode, 125, result.stdout + result.stderr)
        return result.stderr

    @property
    def access(self):
        return ['--tls-verify=false', '--retry=2', '--retry-delay=5ms'] if self.insecure else ['--retry=2', '--retry-delay=5ms']

    def pull(self, name='app/it:1', *more, **options):
        return self.builder('pull', *self.access, *more, f'{self.registry.host}/{name}', **options)

    def pull_fails(self, name='app/it:1', *more, **options):
        return self.builder_fails('pull', *self.access, *more, f'{self.registry.host}/{name}', **options)

    def push(self, name='app/it:1', *more, image='it', **options):
        return self.builder('push', *self.access, *more, image, f'docker://{self.registry.host}/{name}', **options)

    def push_fails(self, name='app/it:1', *more, image='it', **options):
        return self.builder_fails('push', *self.access, *more, image, f'docker://{self.registry.host}/{name}', **options)

    def images(self, store='store'):
        return json.loads(self.builder('images', '--json', '--no-trunc', store=store).stdout or '[]')

    def assert_nothing_stored(self):
        self.assertEqual(self.images(), [])
        self.assertEqual(os.listdir(f'{self.place}/store/staging') if os.path.exists(f'{self.place}/store/staging') else [], [])

    def build(self, containerfile='FROM scratch\nCOPY file /\n', files=None, name='it', *more):
        context = tempfile.mkdtemp(dir=self.place)
        for path, content in (files if files is not None else {'file': b'content\n'}).items():
            with open(os.path.join(context, path), 'wb') as file:
                file.write(content)
        return self.builder('build', '-q', '-t', name, *more, '-f', '-', context, input=containerfile).stdout.strip()

    # Images made by hand.
    def add_image(self, reference='1', layers=None, repository='app/it', *, kind=LAYER, pack=None, media_type=OCI_MANIFEST,
                  config_type=CONFIG, diff_ids=None, config=None, registry=None, document=None, architecture='amd64'):
        """An image of layers of files; `pack` makes blobs of tars. Gives the descriptor of its manifest."""
        registry = registry or self.registry
        tars = [tar_of(files) if isinstance(files, dict) else files for files in (layers or [{'file': b'content\n'}])]
        blobs = [pack(tar) if pack else tar for tar in tars]
        made = {'architecture': architecture, 'os': 'linux', 'config': {},
                'rootfs': {'type': 'layers', 'diff_ids': diff_ids or [digest_of(tar) for tar in tars]}, **(config or {})}
        text = json.dumps(made).encode()
        manifest = {'schemaVersion': 2, 'mediaType': media_type,
                    'config': {'mediaType': config_type, 'digest': registry.add_blob(text), 'size': len(text)},
                    'layers': [{'mediaType': kind, 'digest': registry.add_blob(blob), 'size': len(blob)} for blob in blobs],
                    **(document or {})}
        return registry.add_manifest(repository, reference, manifest)

    def file_of(self, image, path, store='store'):
        layers = json.loads(self.builder('inspect', image, store=store).stdout)['Layers']
        for layer in reversed(layers):
            if os.path.exists(f'{layer["folder"]}/{path}'):
                with open(f'{layer["folder"]}/{path}', 'rb') as file:
                    return file.read()
        return None


def packed(content):
    return gzip.compress(content, 1)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
