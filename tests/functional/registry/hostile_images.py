"""Images by an attacker: documents that borrow the good name of another image, layers and documents that readers understand in
different ways, and small ones that cost much."""
import gzip
import io
import json
import os
import resource
import subprocess
import tarfile

from registry_case import LAYER, PROGRAM, RegistryCase, digest_of, main, packed, tar_of
from scripted_registry import OCI_INDEX, OCI_MANIFEST

GZIP = LAYER + '+gzip'


def tar_with(*entries):
    """Entries are TarInfo, or (TarInfo, content)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode='w', format=tarfile.PAX_FORMAT) as archive:
        for entry in entries:
            info, content = entry if isinstance(entry, tuple) else (entry, b'')
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def folder(name, mode=0o755, uid=0):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, mode, uid, uid
    return info


def header(name, kind, size, mode=0o644):
    info = tarfile.TarInfo(name)
    info.mode = mode
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT)[:512])
    block[124:136] = b'%011o\0' % size
    block[156:157] = kind
    block[148:156] = b' ' * 8
    block[148:156] = b'%06o\0 ' % sum(block)
    return bytes(block)


def padded(content):
    return content + b'\0' * (-len(content) % 512)


def records(**fields):
    text = b''
    for name, value in fields.items():
        body = f' {name}={value}\n'.encode()
        size = len(body)
        while len(str(size)) + len(body) != size:
            size = len(str(size)) + len(body)
        text += str(size).encode() + body
    return text


END = b'\0' * 1024


class BorrowedNames(RegistryCase):
    """A manifest names the configuration of a good image, and other blobs."""

    def good(self):
        self.add_image('good', [{'file': b'good\n'}], pack=packed, kind=GZIP)
        self.pull('app/it:good')
        return json.loads(self.registry.manifests['app/it', 'good'][1])

    def evil(self, manifest, blob, **more):
        text = json.loads(json.dumps(manifest))
        text['layers'][0].update(digest=digest_of(blob), size=len(blob))
        text['annotations'] = {'org.opencontainers.image.source': 'https://evil.example'}
        text.update(more)
        self.registry.add_manifest('app/it', 'evil', text)

    def assert_good_is_untouched(self, manifest):
        name = f'{self.registry.host}/app/it:good'
        self.assertNotIn('evil.example', self.builder('inspect', '--type', 'manifest', name).stdout)
        self.builder('push', '-q', name, f'dir:{self.place}/pushed')
        with open(f'{self.place}/pushed/manifest.json') as file:
            self.assertEqual(json.load(file), manifest, 'it leaves bit for bit')

    def test_a_blob_that_is_not_there(self):
        manifest = self.good()
        self.evil(manifest, b'nobody has this')
        self.pull_fails('app/it:evil')
        self.assert_good_is_untouched(manifest)

    def test_a_blob_of_another_layer(self):
        manifest = self.good()
        self.add_image('other', [{'file': b'bad\n'}], pack=packed, kind=GZIP)
        self.pull('app/it:other')
        bad = packed(tar_of({'file': b'bad\n'}))
        self.registry.add_blob(bad)
        self.evil(manifest, bad)
        self.assertIn('digest', self.pull_fails('app/it:evil'))
        self.assert_good_is_untouched(manifest)

    def test_another_packing_of_the_same_layer(self):
        manifest = self.good()
        other = gzip.compress(tar_of({'file': b'good\n'}), 9, mtime=1)
        self.registry.add_blob(other)
        self.evil(manifest, other)
        self.pull('app/it:evil')
        self.assert_good_is_untouched(manifest)
        name = f'{self.registry.host}/app/it:evil'
        self.assertIn('evil.example', self.builder('inspect', '--type', 'manifest', name).stdout, 'and has its own manifest')


class UndescribedFolders(RegistryCase):
    """A layer that has etc/x and no entry for etc/."""

    def test_they_look_as_in_the_layers_below(self):
        shared = tar_of({'etc/x': b'x\n'})
        self.add_image('attack', [tar_with(folder('etc', 0o777, 1000)), shared])
        self.add_image('victim', [tar_with(folder('etc', 0o755, 0)), shared])
        self.add_image('again', [tar_with(folder('etc', 0o755, 0)), shared])
        looks = {}
        for name in ('attack', 'victim', 'again'):
            self.pull('app/it:' + name)
            layers = json.loads(self.builder('inspect', f'{self.registry.host}/app/it:{name}').stdout)['Layers']
            status = os.stat(layers[-1]['folder'] + '/etc')
            looks[name] = (oct(status.st_mode & 0o7777), status.st_uid, layers[-1]['folder'])
        self.assertEqual(looks['attack'][:2], ('0o777', 1000), 'precondition: the layer takes the looks of the one below')
        self.assertEqual(looks['victim'][:2], ('0o755', 0))
        self.assertEqual(looks['victim'], looks['again'], 'where they look alike, the layer is shared')


class Disagreements(RegistryCase):
    def refuse_tar(self, tar, words):
        self.add_image('tar', [tar])
        self.assertIn(words, self.pull_fails('app/it:tar', '--policy=always'))

    def take_tar(self, tar):
        self.add_image('tar', [tar])
        self.pull('app/it:tar', '--policy=always')

    def test_global_pax_path(self):
        comment = records(comment='0123456789')
        self.take_tar(header('pax', b'g', len(comment)) + padded(comment) + header('a', b'0', 0) + END)
        text = records(path='b')
        self.refuse_tar(header('pax', b'g', len(text)) + padded(text) + header('a', b'0', 0) + END, 'all entries at once')

    def test_long_name_of_gnu_and_pax(self):
        pax = records(path='one')
        name = b'two\0'
        for first, second in (((b'L', name), (b'x', pax)), ((b'x', pax), (b'L', name))):
            tar = b''.join(header('x', kind, len(body)) + padded(body) for kind, body in (first, second))
            self.refuse_tar(tar + header('three', b'0', 0) + END, 'readers disagree')
        self.take_tar(header('x', b'L', len(name)) + padded(name) + header('three', b'0', 0) + END)

    def test_sizes_of_what_has_none(self):
        for kind in (b'1', b'2', b'5', b'6'):
            self.refuse_tar(header('link', kind, 512) + header('inner', b'0', 0) + END, 'has a size')

    def test_zeros_between(self):
        self.refuse_tar(header('a', b'0', 0) + b'\0' * 512 + header('b', b'0', 0) + END, 'zeros')

    def refuse_document(self, text, words, media_type=OCI_MANIFEST):
        self.registry.add_manifest('app/it', 'odd', text.encode(), media_type)
        self.assertIn(words, self.pull_fails('app/it:odd'))

    def test_names_of_fields(self):
        self.add_image('good')
        manifest = self.registry.manifests['app/it', 'good'][1].decode()
        layers = json.dumps(json.loads(manifest)['layers'])
        self.refuse_document(manifest[:-1] + f', "Layers": {layers}}}', 'other programs')
        self.refuse_document(manifest[:-1] + f', "layer\u017f": {layers}}}', 'other programs')
        self.refuse_document(manifest[:-1] + f', "layers": {layers}}}', 'twice')
        self.refuse_document(manifest.replace('"size"', '"Size": 1, "size"', 1), 'other programs')
        self.refuse_document(manifest[:-1] + ', "x": ' + '[' * 20000 + ']' * 20000 + '}', 'levels deep')
        # What the user names is the user's.
        self.registry.add_manifest('app/it', 'fine', (manifest[:-1] + ', "annotations": {"a": "1", "A": "2"}}').encode(), OCI_MANIFEST)
        self.pull('app/it:fine')

    def test_names_of_fields_of_a_configuration(self):
        layer = tar_of({'file': b'x'})
        for extra, words in (('"Rootfs": {}', 'other programs'), ('"os": "linux"', 'twice')):
            text = ('{"architecture": "amd64", "os": "linux", "config": {"Labels": {"a": "", "A": ""}}, ' + extra +
                    ', "rootfs": {"type": "layers", "diff_ids": ["%s"]}}' % digest_of(layer)).encode()
            manifest = {'schemaVersion': 2, 'config': {'mediaType': 'application/vnd.oci.image.config.v1+json',
                                                       'digest': self.registry.add_blob(text), 'size': len(text)},
                        'layers': [{'mediaType': LAYER, 'digest': self.registry.add_blob(layer), 'size': len(layer)}]}
            self.registry.add_manifest('app/it', 'odd', manifest)
            self.assertIn(words, self.pull_fails('app/it:odd'))


class LinksOfFolders(RegistryCase):
    def test_documents_lie_in_their_folder(self):
        for transport, names in (('oci', ('index.json', 'oci-layout')), ('dir', ('manifest.json', 'version'))):
            self.build()
            folder = f'{self.place}/{transport}'
            self.builder('push', '-q', 'it', f'{transport}:{folder}')
            blobs = [f'{path}/{name}' for path, _, files in os.walk(folder) for name in files if len(name) == 64]
            os.rename(blobs[0], f'{self.place}/blob')
            os.symlink(f'{self.place}/blob', blobs[0])
            self.builder('pull', '-q', f'{transport}:{folder}', store='other')  # a blob may be a link
            for name in names:
                os.rename(f'{folder}/{name}', f'{self.place}/{name}')
                os.symlink(f'{self.place}/{name}', f'{folder}/{name}')
                self.assertIn('leads out of its folder', self.builder_fails('pull', '-q', f'{transport}:{folder}', store='other'))
                os.rename(f'{self.place}/{name}', f'{folder}/{name}')


class Costs(RegistryCase):
    most_kib = 256 * 1024

    def measured(self, *words, **options):
        """Runs a command and gives its result and the most memory that it or a child of it had, in KiB."""
        command = ['/usr/bin/python3', '-c', 'import resource, subprocess, sys\n'
                   'r = subprocess.run(sys.argv[1:])\n'
                   'print("PEAK", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\nsys.exit(r.returncode)',
                   PROGRAM, '--root', f'{self.place}/store', '--runroot', f'{self.place}/run', *words]
        result = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60, **options)
        peak = int(result.stderr.rsplit('PEAK ', 1)[1])
        self.assertLess(peak, self.most_kib, result.stderr[-500:])
        return result

    def test_sparse_maps(self):
        count = 20_000_000
        content = padded(b'%d\n' % count + b'0\n0\n' * count)
        info = tarfile.TarInfo('s')
        info.pax_headers = {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 's', 'GNU.sparse.realsize': '0'}
        self.add_image('sparse', [tar_with((info, content))], pack=packed, kind=GZIP)
        result = self.measured('pull', '-q', *self.access, f'{self.registry.host}/app/it:sparse')
        self.assertIn('pieces', result.stderr)

    def test_indexes_of_indexes(self):
        member = self.add_image('one')
        for _ in range(7):
            member = self.registry.add_manifest('app/it', 'graph', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [member, member]})
        self.builder('manifest', 'create', 'list')
        self.builder('manifest', 'add', '--all', *self.access, 'list', f'docker://{self.registry.host}/app/it:graph')
        self.builder('manifest', 'push', '--all', *self.access, 'list', f'oci:{self.place}/out')
        asked = self.registry.paths('GET', '/manifests/sha256')
        self.assertLess(len(asked), 40, 'each document is asked for once or so')
        for _ in range(20):
            member = self.registry.add_manifest('app/it', 'graph', {'schemaVersion': 2, 'mediaType': OCI_INDEX, 'manifests': [member, member]})
        self.builder('manifest', 'create', 'deep')
        self.run_builder('manifest', 'add', '--all', *self.access, 'deep', f'docker://{self.registry.host}/app/it:graph')
        self.builder_fails('manifest', 'push', '--all', *self.access, 'deep', f'oci:{self.place}/out')

    def test_endless_headers(self):
        """CVE-2023-38039."""
        sent = []

        def headers(handler, _request):
            handler.wfile.write(b'HTTP/1.1 200 OK\r\n')
            try:
                for number in range(1_000_000):
                    handler.wfile.write(b'X-%d: ' % number + b'x' * 1000 + b'\r\n')
                    sent.append(number)
            except OSError:
                handler.close_connection = True
        self.registry.rule('GET', '/manifests/', action=headers)
        result = self.measured('pull', '-q', '--retry=0', *self.access, f'{self.registry.host}/app/it:1')
        self.assertEqual(result.returncode, 125, result.stderr)
        self.assertIn('header', result.stderr)
        self.assertGreater(len(sent), 100, 'that the headers were read at all')
        self.assertLess(len(sent), 500_000)

    def test_endless_tags(self):
        def page(handler, request):
            number = int(request.path.rsplit('=', 1)[1]) if '=' in request.path else 0
            body = json.dumps({'name': 'app/it', 'tags': [f'{number}-{i}' + 'x' * 100 for i in range(20_000)]}).encode()
            self.registry.send(handler, 200, {'Link': f'</v2/app/it/tags/list?last={number + 1}>; rel="next"'}, body, None, request)
        self.registry.rule('GET', '/tags/list', action=page)
        result = self.measured('pull', '-q', '--all-tags', *self.access, f'{self.registry.host}/app/it')
        self.assertIn('does not end', result.stderr)


if __name__ == '__main__':
    main()
