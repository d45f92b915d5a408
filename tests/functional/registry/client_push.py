"""Pushing, against a scripted registry: the checks PUSH-01 to PUSH-18 and SUBJ-01 of a client."""
import json
import os

from registry_case import OCI_INDEX, OCI_MANIFEST, RegistryCase, digest_of, main


class Blobs(RegistryCase):
    def build_large(self):
        """A layer of three chunks of an upload."""
        self.build(files={'file': os.urandom(9_000_000)})

    def test_push_01_what_is_there_is_not_sent(self):
        self.build()
        self.push()
        self.registry.requests.clear()
        self.push('app/it:2')
        self.assertEqual(self.registry.sent('POST|PATCH'), [])
        self.assertEqual(self.registry.paths('PUT'), ['/v2/app/it/manifests/2'])
        self.assertEqual(len(self.registry.sent('HEAD', '/blobs/sha256:')), 2)

    def test_push_01_another_store_finds_it_there_too(self):
        self.build()
        self.push()
        self.pull(store='second')
        self.registry.requests.clear()
        self.push(image=f'{self.registry.host}/app/it:1', store='second')
        self.assertEqual(self.registry.sent('POST|PATCH'), [])

    def test_push_02_04_post_then_put(self):
        self.build()
        self.push()
        for put in self.registry.sent('PUT', '/blobs/uploads/'):
            self.assertEqual(put.headers['Content-Type'], 'application/octet-stream')
            self.assertEqual(int(put.headers['Content-Length']), len(put.body))
            self.assertIn('digest=' + digest_of(put.body).replace(':', '%3A'), put.path)
        self.assertEqual(len(self.registry.sent('POST')), 2)

    def test_push_03_the_location_is_used_as_given(self):
        self.registry.relative_locations = True
        self.build()
        self.push()
        for put in self.registry.sent('PUT', '/blobs/uploads/'):
            self.assertIn('?_state=s0&digest=', put.path)

    def test_push_06_chunks(self):
        self.build_large()
        self.push()
        patches = self.registry.sent('PATCH')
        self.assertGreater(len(patches), 1)
        offset = 0
        for patch in patches:
            self.assertEqual(patch.headers['Content-Range'], f'{offset}-{offset + len(patch.body) - 1}')
            offset += len(patch.body)
        self.pull(store='second')

    def test_push_06_the_registry_says_how_large_chunks_are(self):
        self.registry.chunk_min = 6_000_000
        self.build_large()
        self.push()
        patches = self.registry.sent('PATCH')
        self.assertGreaterEqual(len(patches[0].body), 6_000_000)
        self.pull(store='second')

    def test_registries_without_chunks_get_blobs_in_one_piece(self):
        self.registry.rule('PATCH', '.', status=405)
        self.build_large()
        self.push()
        self.assertGreater(max(len(put.body) for put in self.registry.sent('PUT')), 8_000_000)
        self.pull(store='second')

    def test_push_07_mount(self):
        self.build_large()
        self.push('app/it:1')
        self.registry.rule('HEAD', '/v2/other/', status=404)
        self.registry.requests.clear()
        self.push('other/it:1')
        self.assertEqual(self.registry.sent('PATCH'), [])
        posts = self.registry.paths('POST')
        self.assertTrue(posts and all('mount=' in path and 'from=app%2Fit' in path for path in posts), posts)

    def test_push_07_a_refused_mount_becomes_an_upload(self):
        self.build_large()
        self.push('app/it:1')
        self.registry.has_mounts = False
        self.registry.rule('HEAD', '/v2/other/', status=404)
        self.registry.requests.clear()
        self.push('other/it:1')
        # Each blob is sent in the session that the registry began instead of the mount.
        self.assertEqual(len(self.registry.sent('POST')), 2)
        self.assertTrue(self.registry.sent('PATCH'))

    def test_push_08_order(self):
        self.build()
        self.push()
        put = self.registry.paths('PUT')
        self.assertTrue(put[-1].endswith('/manifests/1'))

    def test_a_broken_upload_goes_on(self):
        self.build_large()

        def cut_off(handler, request):
            handler.close_connection = True
            handler.connection.close()

        # The second try is libcurl's own, as a kept connection may have been closed for its age.
        self.registry.rule('PATCH', '.', skip=1, times=2, action=cut_off)
        self.push()
        self.assertTrue(self.registry.sent('GET', '/blobs/uploads/'))
        self.pull(store='second')

    def test_an_upload_that_the_registry_gave_up_begins_anew(self):
        self.build()
        lost = []

        def lose(handler, request):
            lost.append(request.path)
            self.registry.uploads.clear()

        refusal = json.dumps({'errors': [{'code': 'BLOB_UPLOAD_INVALID', 'message': 'blob upload invalid'}]}).encode()
        self.registry.rule('PUT', '/blobs/uploads/', times=1, action=lose, status=400, body=refusal)
        self.registry.rule('PUT', '/blobs/uploads/', skip=1, times=1, action=lose, status=404)
        self.push()
        self.assertEqual(len(lost), 2)
        self.pull(store='second')

    def test_an_answer_that_got_lost(self):
        self.build_large()

        def take_and_vanish(handler, request):
            self.registry.respond(request)
            handler.close_connection = True
            handler.connection.close()

        self.registry.rule('PATCH', '.', skip=1, times=1, action=take_and_vanish)
        self.push()
        self.assertTrue(self.registry.sent('GET', '/blobs/uploads/'))
        self.pull(store='second')

    def test_an_upload_that_the_registry_gave_up(self):
        self.build_large()

        def forget(handler, request):
            self.registry.uploads.clear()
            handler.close_connection = True
            handler.connection.close()

        self.registry.rule('PATCH', '.', skip=1, times=2, action=forget)
        self.push()
        self.assertGreater(len(self.registry.sent('POST')), 2)
        self.pull(store='second')

    def test_push_14_what_is_given_up_is_cancelled(self):
        self.build_large()
        self.registry.rule('PATCH', '.', skip=1, status=403)
        self.registry.rule('DELETE', '.', status=500)
        self.push_fails()
        self.assertEqual(len(self.registry.sent('DELETE')), 1)

    def test_push_15_backs_off_and_gives_up(self):
        self.build()
        rule = self.registry.rule('POST', '.', times=2, status=503)
        self.registry.rule('PUT', '/manifests/', times=1, status=429, headers={'Retry-After': '0'})
        self.push()
        self.registry.blobs.clear()
        rule.times = None
        self.registry.requests.clear()
        self.push_fails('other/it:1')
        # Three tries of each of the blobs that were sent side by side.
        self.assertLessEqual(len(self.registry.sent('POST')), 6)

    def test_push_15_other_errors_fail_with_their_message(self):
        self.build()
        body = json.dumps({'errors': [{'code': 'DENIED', 'message': 'the quota is used up'}]}).encode()
        self.registry.rule('POST', '.', status=403, body=body)
        self.assertIn('the quota is used up', self.push_fails())
        self.assertEqual(len(self.registry.sent('POST')), 1)

    def test_push_16_errors_need_not_be_json(self):
        self.build()
        self.registry.rule('POST', '.', status=400, body=b'<html>\x1b[31m no</html>')
        said = self.push_fails()
        self.assertIn('400', said)
        self.assertNotIn('\x1b[31m', said)


class Manifests(RegistryCase):
    def test_push_09_10_11_content_type(self):
        self.build()
        self.push('app/it:oci')
        self.push('app/it:docker', '--format=v2s2')
        for put in self.registry.sent('PUT', '/manifests/'):
            self.assertEqual(put.headers['Content-Type'], json.loads(put.body)['mediaType'])
        self.assertIn('docker', self.registry.sent('PUT', '/manifests/docker')[0].headers['Content-Type'])

    def test_push_12_a_wrong_digest_in_the_answer(self):
        self.build()
        self.registry.rule('PUT', '/manifests/', status=201, headers={'Docker-Content-Digest': 'sha256:' + '0' * 64})
        self.assertIn("manifest's digest", self.push_fails())

    def test_push_13_manifests_of_megabytes(self):
        self.add_image(document={'annotations': {'a': 'x' * (4 * 1024 * 1024 - 1000)}})
        self.pull()
        self.push('other/it:1', image=f'{self.registry.host}/app/it:1')
        self.assertGreater(len(self.registry.sent('PUT', '/manifests/')[0].body), 4_190_000)

    def test_push_17_digests(self):
        self.build()
        self.push('app/it:1', f'--digestfile={self.place}/digest')
        with open(f'{self.place}/digest') as file:
            digest = file.read().strip()
        self.assertEqual(digest_of(self.registry.manifests['app/it', '1'][1]), digest)
        image = self.pull(f'app/it@{digest}', store='second').stdout.strip()
        self.push('copy/it:1', image=image, store='second')
        self.assertEqual(digest_of(self.registry.manifests['copy/it', '1'][1]), digest)

    def test_push_18_by_digest_and_to_several_tags(self):
        self.build()
        self.push('app/it:a', f'--digestfile={self.place}/digest')
        self.push('app/it:b')
        self.assertEqual(self.registry.manifests['app/it', 'a'], self.registry.manifests['app/it', 'b'])
        with open(f'{self.place}/digest') as file:
            digest = file.read().strip()
        self.push(f'other/it@{digest}')
        self.assertIn(('other/it', digest), self.registry.manifests)
        self.assertIn('is to be pushed as', self.push_fails('other/it@sha256:' + '0' * 64))

    def test_compression(self):
        self.build(files={'file': b'x' * 100_000})
        for name, kind in (('gzip', 'tar+gzip'), ('zstd', 'tar+zstd')):
            self.push(f'app/it:{name}', f'--compression-format={name}')
            layer = json.loads(self.registry.manifests['app/it', name][1])['layers'][0]
            self.assertTrue(layer['mediaType'].endswith(kind))
        # Blobs that came packed otherwise are packed again, as they were asked for, unless they are not to.
        self.pull('app/it:gzip', store='second')
        name = f'{self.registry.host}/app/it:gzip'
        self.push('app/it:same', '--compression-format=zstd', '--force-compression=false', image=name, store='second')
        self.assertEqual(self.registry.manifests['app/it', 'same'], self.registry.manifests['app/it', 'gzip'])
        self.push('app/it:forced', '--compression-format=zstd', image=name, store='second')
        self.assertIn('zstd', json.loads(self.registry.manifests['app/it', 'forced'][1])['layers'][0]['mediaType'])

    def test_uploads_go_to_other_hosts_without_credentials(self):
        other = self.start('127.0.0.2')
        self.registry.auth, self.registry.user, self.registry.password = 'basic', 'alice', 'secret'
        self.build()
        other.uploads['u'] = bytearray()
        self.registry.rule('POST', '.', status=202, headers={'Location': f'http://{other.host}/v2/app/it/blobs/uploads/u?_state=s0'})
        self.push_fails('app/it:1', '--creds=alice:secret')
        self.assertTrue(other.requests)
        for request in other.requests:
            self.assertIsNone(request.headers['Authorization'])


if __name__ == '__main__':
    main()
