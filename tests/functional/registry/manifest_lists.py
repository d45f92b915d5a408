"""Manifest lists and artifacts, against a scripted registry: the checks SUBJ-01 and SUBJ-02 of a client, PUSH-08 for indexes."""
import json

from registry_case import OCI_INDEX, RegistryCase, digest_of, main


class ManifestLists(RegistryCase):
    def manifest(self, *words, **options):
        return self.builder('manifest', *words, **options)

    def inspect(self, name='list'):
        return json.loads(self.manifest('inspect', name).stdout)

    def pushed(self, repository='app/list', tag='1'):
        return json.loads(self.registry.manifests[repository, tag][1])

    def test_create_add_annotate_remove(self):
        self.build(name='one')
        self.add_image('arm', [{'which': b'arm'}], architecture='arm64')
        self.manifest('create', 'list')
        self.assertIn('already', self.builder_fails('manifest', 'create', 'list'))
        self.manifest('create', '--amend', 'list')
        self.assertEqual(self.run_builder('manifest', 'exists', 'list').returncode, 0)
        self.assertEqual(self.run_builder('manifest', 'exists', 'none').returncode, 1)
        self.manifest('add', '--variant=v2', 'list', 'one')
        self.manifest('add', *self.access, 'list', f'docker://{self.registry.host}/app/it:arm')
        index = self.inspect()
        self.assertEqual(index['mediaType'], OCI_INDEX)
        self.assertEqual([m['platform'].get('architecture') for m in index['manifests']], ['amd64', 'arm64'])
        self.assertEqual(index['manifests'][0]['platform']['variant'], 'v2')
        digest = index['manifests'][1]['digest']
        self.manifest('annotate', '--annotation=a=b', '--os-version=7', 'list', digest)
        self.manifest('annotate', '--index', '--annotation=c=d', 'list')
        index = self.inspect()
        self.assertEqual(index['manifests'][1]['annotations'], {'a': 'b'})
        self.assertEqual(index['manifests'][1]['platform']['os.version'], '7')
        self.assertEqual(index['annotations'], {'c': 'd'})
        self.manifest('remove', 'list', digest)
        self.assertEqual(len(self.inspect()['manifests']), 1)
        self.manifest('rm', 'list')
        self.assertEqual(self.run_builder('manifest', 'exists', 'list').returncode, 1)

    def test_push_08_members_before_the_index(self):
        self.build(name='one')
        other = self.start('127.0.0.2')
        self.add_image('arm', [{'which': b'arm'}], architecture='arm64', registry=other)
        self.manifest('create', *self.access, 'list', 'one', f'docker://{other.host}/app/it:arm')
        self.manifest('push', *self.access, f'--digestfile={self.place}/digest', '--rm', 'list',
                      f'docker://{self.registry.host}/app/list:1')
        self.assertTrue(self.registry.paths('PUT', '/manifests/')[-1].endswith('/app/list/manifests/1'))
        index = self.pushed()
        self.assertEqual(len(index['manifests']), 2)
        with open(f'{self.place}/digest') as file:
            self.assertEqual(file.read().strip(), digest_of(self.registry.manifests['app/list', '1'][1]))
        for member in index['manifests']:
            self.assertIn(('app/list', member['digest']), self.registry.manifests)
        image = self.pull('app/list:1', '--platform=linux/arm64', store='second').stdout.strip()
        self.assertEqual(self.file_of(image, 'which', store='second'), b'arm')
        self.assertEqual(self.run_builder('manifest', 'exists', 'list').returncode, 1)

    def test_blobs_of_the_same_registry_are_mounted(self):
        self.add_image('arm', [{'which': b'arm'}], architecture='arm64')
        self.registry.rule('HEAD', '/v2/app/list/', status=404)
        self.manifest('create', *self.access, 'list', f'docker://{self.registry.host}/app/it:arm')
        self.manifest('push', *self.access, 'list', f'docker://{self.registry.host}/app/list:1')
        self.assertEqual(self.registry.sent('GET', '/blobs/')[1:], [], 'only the configuration was looked at')
        self.assertTrue(all('mount=' in path for path in self.registry.paths('POST')))

    def test_all_members_of_an_index(self):
        members = [{**self.add_image(None, [{'w': a.encode()}], architecture=a), 'platform': {'os': 'linux', 'architecture': a}}
                   for a in ('amd64', 'arm64', 's390x')]
        self.registry.add_manifest('app/it', 'multi', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': members})
        self.manifest('create', *self.access, '--all', 'list', f'docker://{self.registry.host}/app/it:multi')
        self.assertEqual(len(self.inspect()['manifests']), 3)
        self.manifest('create', 'single')
        self.manifest('add', *self.access, '--arch=s390x', 'single', f'docker://{self.registry.host}/app/it:multi')
        self.assertEqual([m['digest'] for m in self.inspect('single')['manifests']], [members[2]['digest']])

    def test_what_an_index_says_of_members_is_kept(self):
        members = [{**self.add_image(None, [{'w': a.encode()}], architecture=a),
                    'platform': {'os': 'linux', 'architecture': a, 'os.version': '5', 'variant': 'v9',
                                 **({'os.features': ['x']} if a == 'amd64' else {})},
                    'annotations': {'a': a, 'b': 'é'}, 'artifactType': f'application/vnd.example+{a}', 'urls': [f'https://{a}.test/']}
                   for a in ('amd64', 's390x')]
        self.registry.add_manifest('app/it', 'multi', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': members})
        self.manifest('create', 'list')
        self.manifest('add', *self.access, '--all', 'list', f'docker://{self.registry.host}/app/it:multi')
        self.assertEqual(self.inspect()['manifests'], members)
        self.manifest('create', 'one')
        self.manifest('add', *self.access, '--arch=s390x', '--variant=v9', 'one', f'docker://{self.registry.host}/app/it:multi')
        self.assertEqual(self.inspect('one')['manifests'], members[1:])
        self.manifest('push', *self.access, 'list', f'docker://{self.registry.host}/app/list:1')
        self.assertEqual(self.pushed()['manifests'], members)

    def test_a_base_by_tag_and_digest_for_all_platforms(self):
        members = [{**self.add_image(None, [{'w': a.encode()}], architecture=a), 'platform': {'os': 'linux', 'architecture': a}}
                   for a in ('amd64', 's390x')]
        self.registry.add_manifest('app/it', 'multi', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': members})
        digest = digest_of(self.registry.manifests['app/it', 'multi'][1])
        self.build(f'FROM {self.registry.host}/app/it:multi@{digest}\nLABEL a=b\n', None, 'unused', *self.access, '--all-platforms', '--manifest=all')
        self.assertEqual([m['platform']['architecture'] for m in self.inspect('all')['manifests']], ['amd64', 's390x'])

    def test_builds_add_to_a_list(self):
        self.build('FROM scratch\nCOPY file /\n', None, 'one', '--manifest=list')
        self.build('FROM scratch\nCOPY file /other\n', None, 'two', '--manifest=list', '--platform=linux/arm64')
        self.assertEqual([m['platform']['architecture'] for m in self.inspect()['manifests']], ['amd64', 'arm64'])

    def test_add_compression(self):
        self.build(name='one')
        self.manifest('create', 'list', 'one')
        self.manifest('push', *self.access, '--add-compression=zstd', 'list', f'docker://{self.registry.host}/app/list:1')
        members = self.pushed()['manifests']
        self.assertEqual(len(members), 2)
        self.assertEqual(members[1]['annotations'], {'io.github.containers.compression.zstd': 'true'})
        kinds = [json.loads(self.registry.manifests['app/list', m['digest']][1])['layers'][0]['mediaType'][-4:] for m in members]
        self.assertEqual(kinds, ['gzip', 'zstd'])

    def artifact(self, *more):
        with open(f'{self.place}/notes.txt', 'w') as file:
            file.write('notes')
        self.manifest('create', 'list')
        self.manifest('add', *self.access, '--artifact', '--artifact-type=application/vnd.test', '--artifact-annotation=x=y', *more, 'list',
                      f'{self.place}/notes.txt')
        self.manifest('push', *self.access, 'list', f'docker://{self.registry.host}/app/it:list')
        member = self.pushed('app/it', 'list')['manifests'][0]
        return member, json.loads(self.registry.manifests['app/it', member['digest']][1])

    def test_artifacts(self):
        member, manifest = self.artifact()
        self.assertEqual(member['artifactType'], 'application/vnd.test')
        self.assertEqual(manifest['layers'][0]['annotations'], {'org.opencontainers.image.title': 'notes.txt'})
        self.assertEqual(manifest['annotations'], {'x': 'y'})
        self.assertEqual(self.registry.blobs[manifest['layers'][0]['digest']], b'notes')
        self.assertEqual(self.registry.blobs[manifest['config']['digest']], b'{}')

    def test_artifacts_outlive_a_collection_of_garbage(self):
        with open(f'{self.place}/notes.txt', 'w') as file:
            file.write('notes')
        self.manifest('create', 'list')
        self.manifest('add', '--artifact', 'list', f'{self.place}/notes.txt')
        self.builder('prune', '--all', '--force')
        self.manifest('push', *self.access, 'list', f'docker://{self.registry.host}/app/it:list')

    def test_subj_01_the_api_notes_referrers(self):
        subject = self.add_image()
        _, manifest = self.artifact(f'--artifact-subject=docker://{self.registry.host}/app/it:1')
        self.assertEqual(manifest['subject']['digest'], subject['digest'])
        self.assertFalse(any('sha256-' in path for path in self.registry.paths('PUT')))

    def test_subj_01_02_the_tag_stands_in_for_the_api(self):
        self.registry.has_referrers = False
        subject = self.add_image()
        member, _ = self.artifact(f'--artifact-subject=docker://{self.registry.host}/app/it:1')
        tag = subject['digest'].replace(':', '-')
        listed = self.pushed('app/it', tag)['manifests']
        self.assertEqual([m['digest'] for m in listed], [member['digest']])
        self.assertEqual(listed[0]['artifactType'], 'application/vnd.test')
        # What is there already is not listed twice.
        self.manifest('push', *self.access, 'list', f'docker://{self.registry.host}/app/it:list')
        self.assertEqual(len(self.pushed('app/it', tag)['manifests']), 1)

    def test_subj_02_referrers_are_listed(self):
        for has_api in (True, False):
            self.registry.has_referrers = has_api
            repository = f'app/{"api" if has_api else "tag"}'
            self.add_image(repository=repository)
            name = f'docker://{self.registry.host}/{repository}:1'
            list_them = lambda *more: json.loads(self.manifest('inspect', *self.access, '--referrers', *more, name).stdout)['manifests']
            self.assertEqual(list_them(), [])
            with open(f'{self.place}/notes.txt', 'w') as file:
                file.write('notes')
            self.manifest('create', repository)
            self.manifest('add', *self.access, '--artifact', '--artifact-type=application/vnd.test', f'--artifact-subject={name}', repository,
                          f'{self.place}/notes.txt')
            self.manifest('push', *self.access, repository, f'docker://{self.registry.host}/{repository}:list')
            self.assertEqual([m['artifactType'] for m in list_them()], ['application/vnd.test'])
            self.assertEqual(list_them('--artifact-type=application/vnd.other'), [])

    def test_inspect_of_a_registry(self):
        self.add_image()
        text = self.manifest('inspect', *self.access, f'docker://{self.registry.host}/app/it:1').stdout
        self.assertEqual(json.loads(text), json.loads(self.registry.manifests['app/it', '1'][1]))

    def test_push_command_takes_lists(self):
        self.build(name='one')
        self.manifest('create', 'list', 'one')
        self.push('app/list:1', image='list')
        self.assertEqual(len(self.pushed()['manifests']), 1)


if __name__ == '__main__':
    main()
