#!/usr/bin/python3
"""hostile_archives.py FOLDER: writes tars that try to write a file "escaped" outside the folder they are unpacked to.
hostile_archives.py --image TAR FOLDER: makes an OCI image whose only layer is the tar."""
import hashlib
import io
import json
import os
import sys
import tarfile


def entry(name, kind=tarfile.REGTYPE, target='', content=b''):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size, info.mode = kind, target, len(content), 0o755
    return info, content


ARCHIVES = {
    'dots': [entry('../../../../../../../../../../escaped', content=b'x'), entry('a/../../../../escaped', content=b'x')],
    'absolute': [entry('/escaped', content=b'x')],
    'link_out': [entry('out', tarfile.SYMTYPE, '/'), entry('out/escaped', content=b'x'),
                 entry('up', tarfile.SYMTYPE, '../../../../..'), entry('up/escaped', content=b'x')],
    'hardlink_out': [entry('stolen', tarfile.LNKTYPE, '/etc/passwd'), entry('stolen2', tarfile.LNKTYPE, '../../../../../../etc/shadow'),
                     entry('escaped', tarfile.LNKTYPE, '../../../../etc/hostname')],
    'link_chain': [entry('a', tarfile.SYMTYPE, '.'), entry('a/b', tarfile.SYMTYPE, '..'), entry('a/b/c', tarfile.SYMTYPE, '..'),
                   entry('a/b/c/escaped', content=b'x')],
}


def write_image(tar, folder):
    blobs = os.path.join(folder, 'blobs/sha256')
    os.makedirs(blobs)

    def blob(content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        with open(os.path.join(blobs, digest), 'wb') as file:
            file.write(content)
        return {'mediaType': media_type, 'digest': 'sha256:' + digest, 'size': len(content)}

    prefix = 'application/vnd.oci.image.'
    with open(tar, 'rb') as file:
        layer = blob(file.read(), prefix + 'layer.v1.tar')
    config = blob(json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {},
                              'rootfs': {'type': 'layers', 'diff_ids': [layer['digest']]}}).encode(), prefix + 'config.v1+json')
    manifest = blob(json.dumps({'schemaVersion': 2, 'config': config, 'layers': [layer]}).encode(), prefix + 'manifest.v1+json')
    for name, document in (('index.json', {'schemaVersion': 2, 'manifests': [manifest]}), ('oci-layout', {'imageLayoutVersion': '1.0.0'})):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            json.dump(document, file)


def main():
    if sys.argv[1] == '--image':
        return write_image(*sys.argv[2:])
    for name, entries in ARCHIVES.items():
        with tarfile.open(os.path.join(sys.argv[1], name + '.tar'), 'w') as tar:
            for info, content in entries:
                tar.addfile(info, io.BytesIO(content))


if __name__ == '__main__':
    main()
