"""The build cache in a registry, and images that are pushed while they are built."""
import json
import os

from registry_case import RegistryCase, main, packed

CONTAINERFILE = '''FROM {host}/app/it:1 AS first
COPY file /one
COPY file /two
FROM {host}/app/it:1
COPY --from=first /one /three
WORKDIR /made
LABEL a=b
'''


class RemoteCache(RegistryCase):
    def setUp(self):
        super().setUp()
        self.add_image()
        self.context = os.path.join(self.place, 'context')
        os.makedirs(self.context)
        with open(f'{self.context}/file', 'w') as file:
            file.write('content\n')
        with open(f'{self.context}/Containerfile', 'w') as file:
            file.write(CONTAINERFILE.format(host=self.registry.host))

    def make(self, *more, store='store'):
        return self.builder('build', '-t', 'it', *self.access, *more, self.context, store=store)

    def test_a_second_machine_builds_from_the_cache_of_the_first(self):
        cache = f'{self.registry.host}/cache/it'
        first = self.make(f'--cache-to={cache}')
        self.assertIn('to the cache', first.stdout + first.stderr)
        second = self.make(f'--cache-from={cache}', store='second')
        said = second.stdout + second.stderr
        self.assertIn('4 of 4 steps', said)
        self.assertIn('0 missed', said)
        self.assertEqual(first.stdout.split()[-1], second.stdout.split()[-1], 'the same image comes out')

    def test_misses_are_counted_and_harmless(self):
        cache = f'{self.registry.host}/cache/it'
        self.make(f'--cache-to={cache}')
        with open(f'{self.context}/file', 'w') as file:
            file.write('other\n')
        result = self.make(f'--cache-from={cache}', store='second')
        self.assertIn('missed', result.stdout + result.stderr)

    def test_absent_and_broken_caches_are_told(self):
        self.registry.add_manifest('cache/broken', 'latest', b'{"schemaVersion": 2}')
        result = self.make(f'--cache-from={self.registry.host}/cache/none', f'--cache-from={self.registry.host}/cache/broken',
                           f'--cache-from={self.registry.host}/app/it:1')
        said = result.stdout + result.stderr
        self.assertEqual(said.count('is of no use'), 3, said)

    def test_a_lost_layer_is_a_miss(self):
        cache = f'{self.registry.host}/cache/it'
        self.make(f'--cache-to={cache}')
        for layer in json.loads(self.registry.manifests['cache/it', 'latest'][1])['layers']:
            del self.registry.blobs[layer['digest']]
        result = self.make(f'--cache-from={cache}', store='second')
        self.assertIn('of no use', result.stdout + result.stderr)

    def test_several_machines_add_to_one_cache(self):
        cache = f'{self.registry.host}/cache/it'
        self.make(f'--cache-to={cache}')
        with open(f'{self.context}/file', 'w') as file:
            file.write('other\n')
        self.make(f'--cache-to={cache}', store='second')
        result = self.make(f'--cache-from={cache}', store='third')
        self.assertIn('0 missed', result.stdout + result.stderr)
        with open(f'{self.context}/file', 'w') as file:
            file.write('content\n')
        result = self.make(f'--cache-from={cache}', store='fourth')
        self.assertIn('0 missed', result.stdout + result.stderr)

    def test_a_cache_that_cannot_be_written_does_not_fail_the_build(self):
        self.registry.rule('POST', '/v2/cache/', status=403)
        result = self.make(f'--cache-to={self.registry.host}/cache/it')
        self.assertIn('could not be written', result.stdout + result.stderr)

    def test_layers_are_pushed_while_later_steps_run(self):
        with open(f'{self.context}/busybox', 'wb') as file, open('/bin/busybox', 'rb') as busybox:
            file.write(busybox.read())
        os.chmod(f'{self.context}/busybox', 0o755)
        with open(f'{self.context}/Containerfile', 'w') as file:
            # The last step waits for the first one's layer to be in the registry.
            file.write('FROM scratch\nCOPY busybox /bin/sh\nCOPY file /one\n'
                       'RUN --mount=type=bind,from=flags,target=/flags i=0; until [ -e /flags/flag ] || [ $i = 1000 ]; do i=$((i+1)); usleep 10000; done; [ -e /flags/flag ]\n')
        os.makedirs(f'{self.place}/flags')
        flag = f'{self.place}/flags/flag'

        def note(handler, request):
            with open(flag, 'w'):
                pass

        self.registry.rule('PUT', '/blobs/uploads/', action=note, change=lambda body: body)
        self.make(f'--build-context=flags={self.place}/flags', '-t', f'docker://{self.registry.host}/pushed/it:1')
        self.assertIn(('pushed/it', '1'), self.registry.manifests)
        self.pull('pushed/it:1', store='second')

    def test_push_flag(self):
        self.builder('build', '-q', '-t', f'{self.registry.host}/pushed/it:2', '--push', *self.access, self.context)
        self.assertIn(('pushed/it', '2'), self.registry.manifests)

    def test_a_base_that_was_pulled_is_pushed_as_it_came(self):
        self.add_image('packed', [{'base': b'x' * 5000}], pack=packed, kind='application/vnd.oci.image.layer.v1.tar+gzip')
        base = json.loads(self.registry.manifests['app/it', 'packed'][1])['layers'][0]['digest']
        with open(f'{self.context}/Containerfile', 'w') as file:
            file.write(f'FROM {self.registry.host}/app/it:packed\nCOPY file /\n')
        self.make()
        self.push('made/it:1')
        self.assertEqual(json.loads(self.registry.manifests['made/it', '1'][1])['layers'][0]['digest'], base)


if __name__ == '__main__':
    main()
