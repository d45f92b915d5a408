"""Pulling, against a scripted registry: the checks PULL-01 to PULL-18 of a client, NAME, HDR, NS and WARN."""
import base64
import json
import os
import unittest

from registry_case import LAYER, OCI_INDEX, OCI_MANIFEST, RegistryCase, digest_of, main, packed, tar_of, zstd

DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json'


class Manifests(RegistryCase):
    def test_pull_01_accept_names_every_type(self):
        self.add_image()
        self.pull()
        accept = self.registry.sent('GET', '/manifests/')[0].headers['Accept']
        for kind in (OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX):
            self.assertIn(kind, accept)

    def test_pull_02_parameters_of_content_type_are_ignored(self):
        self.add_image()
        self.registry.rule('GET', '/manifests/', headers={'Content-Type': OCI_MANIFEST + '; charset=utf-8'})
        self.pull()

    def test_pull_03_media_type_and_content_type_must_agree(self):
        self.add_image()
        self.registry.rule('GET', '/manifests/', headers={'Content-Type': OCI_INDEX})
        self.assertIn('announced as', self.pull_fails())
        self.assert_nothing_stored()

    def test_pull_04_the_digest_asked_for_is_verified(self):
        wanted = self.add_image()
        other = self.add_image('2', [{'evil': b'x'}])
        text = self.registry.manifests['app/it', other['digest']]
        self.registry.manifests['app/it', wanted['digest']] = text
        self.registry.rule('GET', '/manifests/', without=('Docker-Content-Digest',))
        self.assertIn('another manifest', self.pull_fails(f'app/it@{wanted["digest"]}'))
        self.assert_nothing_stored()

    def test_pull_05_a_wrong_digest_header_is_never_trusted(self):
        self.add_image()
        self.registry.rule('GET', '/manifests/', headers={'Docker-Content-Digest': 'sha256:' + '0' * 64})
        self.assertIn("the manifest's digest", self.pull_fails())
        self.assert_nothing_stored()

    def test_pull_07_no_digest_header_is_needed(self):
        self.add_image()
        self.registry.rule('GET|HEAD', '.', without=('Docker-Content-Digest', 'Docker-Distribution-API-Version'))
        self.pull()

    def test_pull_10_not_found_names_the_image(self):
        self.add_image()
        said = self.pull_fails('app/it:nope')
        self.assertIn('app/it:nope', said)

    def test_pull_11_the_platform_is_chosen_from_an_index(self):
        arm = self.add_image(None, [{'which': b'arm'}], architecture='arm64')
        amd = self.add_image(None, [{'which': b'amd'}])
        inner = self.registry.add_manifest('app/it', None, {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [
            {**arm, 'platform': {'os': 'linux', 'architecture': 'arm64'}}, {**amd, 'platform': {'os': 'linux', 'architecture': 'amd64'}}]})
        self.registry.add_manifest('app/it', 'nested', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [inner]})
        self.registry.add_manifest('app/it', 'arm', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [
            {**arm, 'platform': {'os': 'linux', 'architecture': 'arm64'}}]})
        image = self.pull('app/it:nested', '--platform=linux/amd64').stdout.strip()
        self.assertEqual(self.file_of(image, 'which'), b'amd')
        image = self.pull('app/it:nested', '--arch=arm64', '--policy=always').stdout.strip()
        self.assertEqual(self.file_of(image, 'which'), b'arm')
        self.assertIn('linux/arm64', self.pull_fails('app/it:arm', '--platform=linux/amd64'))

    def test_pull_13_formats(self):
        cases = {'docker': (DOCKER_MANIFEST, 'application/vnd.docker.image.rootfs.diff.tar.gzip', packed, 'application/vnd.docker.container.image.v1+json'),
                 'plain': (OCI_MANIFEST, LAYER, None, None), 'gzip': (OCI_MANIFEST, LAYER + '+gzip', packed, None),
                 'zstd': (OCI_MANIFEST, LAYER + '+zstd', zstd, None)}
        for name, (media_type, kind, pack, config_type) in cases.items():
            more = {'config_type': config_type} if config_type else {}
            made = self.add_image(name, [{'which': name.encode()}], kind=kind, pack=pack, media_type=media_type, **more)
            if name == 'docker':
                self.registry.add_manifest('app/it', name, {'schemaVersion': 2, 'mediaType': DOCKER_INDEX, 'manifests': [
                    {**made, 'platform': {'os': 'linux', 'architecture': 'amd64'}}]})
            with self.subTest(name):
                image = self.pull(f'app/it:{name}', '--platform=linux/amd64').stdout.strip()
                self.assertEqual(self.file_of(image, 'which'), name.encode())

    def test_pull_16_unknown_fields_are_ignored(self):
        self.add_image(document={'annotations': {'a': 'b'}, 'com.example.unknown': [1, 2]}, config={'com.example.more': {'x': 1}})
        self.pull()

    def test_foreign_layers_are_refused_with_the_reason(self):
        self.add_image(kind='application/vnd.oci.image.layer.nondistributable.v1.tar')
        self.assertIn('may not be given away', self.pull_fails())

    def test_a_manifest_of_100_mb_is_not_read(self):
        self.registry.add_manifest('app/it', '1', b'{"schemaVersion": 2, "x": "' + b'a' * 100_000_000 + b'"}', OCI_MANIFEST)
        self.assertIn('larger than', self.pull_fails())

    def test_an_index_within_itself_ends(self):
        # A digest cannot name what holds it: the registry lies, and the check of the digest ends it; a chain of honest
        # indexes ends at a depth.
        inner = self.add_image(None)
        for _ in range(8):
            inner = self.registry.add_manifest('app/it', None, {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [inner]})
        self.registry.manifests['app/it', '1'] = self.registry.manifests['app/it', inner['digest']]
        self.assertIn('indexes inside each other', self.pull_fails())

    def test_schema_1_is_refused(self):
        self.registry.add_manifest('app/it', '1', {'schemaVersion': 1, 'fsLayers': []}, 'application/vnd.docker.distribution.manifest.v1+prettyjws')
        self.assertIn('schema 1', self.pull_fails())

    def test_name_01_bad_names_send_nothing(self):
        for name in ('app/it:' + 'a' * 129, 'app/it:.x', 'App/it:1', 'app//it:1', 'app/it@sha256:00'):
            self.pull_fails(name)
        self.assertEqual(self.registry.requests, [])

    def test_hdr_01_headers_and_codes_of_docker_are_not_needed(self):
        self.add_image()
        self.registry.rule('GET', 'nope', status=404, body=b'')
        self.registry.rule('GET', '.', without=('Docker-Content-Digest',))
        self.pull()
        self.assertIn('manifest unknown', self.pull_fails('app/it:nope'))

    def test_ns_01_no_ns_parameter(self):
        self.add_image()
        self.pull()
        self.assertEqual([r for r in self.registry.requests if 'ns=' in r.path], [])

    def test_warn_01_02_warnings_are_shown_once_and_change_nothing(self):
        self.add_image()
        self.registry.rule('GET', '.', headers={'Warning': ['299 - "this is going away"', '199 - "not this"']})
        result = self.pull()
        self.assertEqual(result.stderr.count('this is going away'), 1)
        self.assertNotIn('not this', result.stderr)

    def test_what_is_here_is_not_fetched(self):
        self.add_image(layers=[{'a': b'1'}, {'b': b'2'}], kind=LAYER + '+gzip', pack=packed)
        self.pull()
        before = len(self.registry.sent('GET', '/blobs/'))
        self.assertEqual(before, 3)
        self.pull('app/it:1', '--policy=always')
        self.assertEqual(len(self.registry.sent('GET', '/blobs/')), before)
        # The same layers, packed otherwise: that they are the same is believed when it was seen.
        for tag, author, fetched in (('2', 'x', 3), ('3', 'y', 4)):
            self.add_image(tag, layers=[{'a': b'1'}, {'b': b'2'}], kind=LAYER + '+zstd', pack=zstd, config={'author': author})
            self.pull('app/it:' + tag)
            self.assertEqual(len(self.registry.sent('GET', '/blobs/')), before + fetched)

    def test_all_tags(self):
        for tag in ('1', '2', '3'):
            self.add_image(tag, [{'which': tag.encode()}])
        self.registry.rule('GET', '/tags/list$', status=200, headers={'Link': '</v2/app/it/tags/list?last=2>; rel="next"'},
                           body=json.dumps({'name': 'app/it', 'tags': ['1', '2']}).encode())
        self.registry.rule('GET', r'/tags/list\?last=2', status=200, body=json.dumps({'name': 'app/it', 'tags': ['3']}).encode())
        result = self.pull('app/it', '--all-tags')
        self.assertEqual(len(set(result.stdout.split())), 3)


class Blobs(RegistryCase):
    def add_large(self, **more):
        content = os.urandom(3_000_000)
        self.add_image(layers=[{'file': content}], **more)
        return content

    def layer_rule(self, **options):
        config = json.loads(self.registry.manifests['app/it', '1'][1])['layers'][0]['digest']
        return self.registry.rule('GET', f'/blobs/{config}', **options)

    def test_pull_06_blobs_are_verified(self):
        self.add_image()
        for change in (lambda b: bytes([b[0] ^ 1]) + b[1:], lambda b: b[:-1], lambda b: b + b'x'):
            self.registry.rules.clear()
            self.layer_rule(change=change, without=('Content-Length',))
            with self.subTest(change):
                self.pull_fails()
                self.assert_nothing_stored()
        self.registry.rules.clear()
        self.pull()

    def test_pull_06_the_config_is_verified(self):
        self.add_image()
        digest = json.loads(self.registry.manifests['app/it', '1'][1])['config']['digest']
        self.registry.rule('GET', f'/blobs/{digest}', change=lambda b: b.replace(b'linux', b'linus'))
        self.assertIn('digest', self.pull_fails())

    def test_pull_08_09_redirects_lead_elsewhere_without_credentials(self):
        other = self.start('127.0.0.2')
        self.registry.auth, self.registry.user, self.registry.password = 'basic', 'alice', 'secret'
        self.add_image()
        other.blobs = self.registry.blobs
        digest = json.loads(self.registry.manifests['app/it', '1'][1])['layers'][0]['digest']
        self.layer_rule(status=307, headers={'Location': f'http://{other.host}/v2/app/it/blobs/{digest}'})
        self.pull('app/it:1', '--creds=alice:secret')
        self.assertEqual(len(other.requests), 1)
        self.assertIsNone(other.requests[0].headers['Authorization'])
        self.assertIsNotNone(self.registry.sent('GET', digest)[0].headers['Authorization'])

    def test_pull_12_a_broken_download_goes_on(self):
        content = self.add_large()
        self.layer_rule(times=2, cut=1_000_000)
        image = self.pull().stdout.strip()
        self.assertEqual(self.file_of(image, 'file'), content)
        ranges = [r.headers['Range'] for r in self.registry.sent('GET', '/blobs/') if r.headers['Range']]
        self.assertEqual(ranges, ['bytes=1000000-', 'bytes=2000000-'])

    def test_pull_12_without_ranges_it_begins_again(self):
        content = self.add_large()
        self.registry.has_ranges = False
        self.layer_rule(times=1, cut=1_000_000)
        self.assertEqual(self.file_of(self.pull().stdout.strip(), 'file'), content)

    def test_a_registry_that_is_gone_half_way(self):
        self.add_large()
        self.layer_rule(cut=0)
        self.pull_fails()
        self.assert_nothing_stored()
        self.registry.rules.clear()
        self.pull()

    def test_layers_that_came_before_a_failure_are_not_fetched_again(self):
        self.add_image(layers=[{'a': b'1'}, {'b': b'2'}, {'c': b'3'}])
        digests = [d['digest'] for d in json.loads(self.registry.manifests['app/it', '1'][1])['layers']]
        blobs = f'{self.place}/store/blobs/sha256'
        self.registry.rule('GET', digests[2], status=404, action=lambda *_: self.wait_until(
            lambda: os.path.isdir(blobs) and len(os.listdir(blobs)) == 2))
        self.pull_fails()
        self.registry.rules.clear()
        self.pull()
        self.assertEqual(len(self.registry.sent('GET', digests[0])), 1)

    def test_pull_14_absurd_sizes_are_refused(self):
        for size in (10 ** 15, 5):
            self.add_image()
            manifest = json.loads(self.registry.manifests['app/it', '1'][1])
            manifest['layers'][0]['size'] = size
            self.registry.add_manifest('app/it', '1', manifest)
            self.assertIn('where the image says', self.pull_fails())
            self.assert_nothing_stored()

    def test_pull_15_carried_data(self):
        self.add_image()
        manifest = json.loads(self.registry.manifests['app/it', '1'][1])
        config = self.registry.blobs.pop(manifest['config']['digest'])
        manifest['config']['data'] = base64.b64encode(config).decode()
        self.registry.add_manifest('app/it', '1', manifest)
        self.pull()
        manifest['config']['data'] = base64.b64encode(config.replace(b'linux', b'linus')).decode()
        self.registry.add_manifest('app/it', '2', manifest)
        self.pull_fails('app/it:2', store='second')

    def test_pull_17_diff_ids_are_verified(self):
        self.add_image(diff_ids=['sha256:' + '1' * 64])
        self.assertIn("configuration says", self.pull_fails())
        self.assert_nothing_stored()

    def test_pull_18_members_and_padding(self):
        tar = tar_of({'file': b'x' * 5000})
        padded = tar + bytes(40960)
        blob = packed(padded[:3000]) + packed(padded[3000:])
        self.add_image(layers=[padded], pack=lambda _: blob, kind=LAYER + '+gzip')
        self.assertEqual(self.file_of(self.pull().stdout.strip(), 'file'), b'x' * 5000)

    def test_server_errors_are_tried_again(self):
        self.add_image()
        self.layer_rule(times=1, status=503, headers={'Retry-After': '0'})
        self.registry.rule('GET', '/manifests/', times=1, status=429, headers={'Retry-After': '0'})
        self.pull()

    def test_layers_come_side_by_side(self):
        self.add_image(layers=[{f'f{i}': os.urandom(1000)} for i in range(8)])
        self.pull()
        self.assertEqual(len(self.registry.sent('GET', '/blobs/')), 9)


if __name__ == '__main__':
    main()
