#!/usr/bin/python3
"""Facts about an image in an OCI folder.

    image_facts.py FOLDER layer NUMBER    entries of one layer: PATH TYPE MODE UID:GID SIZE [-> TARGET] [dev=A,B] [NAME=VALUE…]
    image_facts.py FOLDER file PATH       the content of a file, from the topmost layer that has it
    image_facts.py FOLDER times NUMBER    PATH SECONDS.NANOSECONDS
"""
import json
import os
import sys
import tarfile

TYPES = {tarfile.REGTYPE: 'file', tarfile.AREGTYPE: 'file', tarfile.DIRTYPE: 'folder', tarfile.SYMTYPE: 'link',
         tarfile.LNKTYPE: 'hardlink', tarfile.CHRTYPE: 'char', tarfile.BLKTYPE: 'block', tarfile.FIFOTYPE: 'fifo'}


def read_blob(folder, descriptor):
    return os.path.join(folder, 'blobs', *descriptor['digest'].split(':'))


def layers_of(folder):
    with open(os.path.join(folder, 'index.json'), encoding='utf-8') as index:
        manifest = json.load(index)['manifests'][0]
    with open(read_blob(folder, manifest), encoding='utf-8') as document:
        return [read_blob(folder, layer) for layer in json.load(document)['layers']]


def open_tar(path):
    return tarfile.open(path, errors='surrogateescape')


def printable(text):
    return text.encode('utf-8', 'surrogateescape').decode('utf-8', 'backslashreplace')


def describe(entry):
    parts = [printable(entry.name), TYPES.get(entry.type, repr(entry.type)), format(entry.mode, '04o'),
             f'{entry.uid}:{entry.gid}', str(entry.size)]
    if entry.linkname:
        parts += ['->', printable(entry.linkname)]
    if entry.ischr() or entry.isblk():
        parts.append(f'dev={entry.devmajor},{entry.devminor}')
    for name, value in sorted(entry.pax_headers.items()):
        if name.startswith('SCHILY.xattr.'):
            parts.append(f'{name.removeprefix("SCHILY.xattr.")}={value.encode("utf-8", "surrogateescape").hex()}')
    return ' '.join(parts)


def main():
    folder, what, argument = sys.argv[1:]
    layers = layers_of(folder)
    if what == 'layer':
        with open_tar(layers[int(argument)]) as tar:
            print('\n'.join(describe(entry) for entry in tar))
    elif what == 'times':
        with open_tar(layers[int(argument)]) as tar:
            for entry in tar:
                print(printable(entry.name), entry.pax_headers.get('mtime', str(int(entry.mtime))))
    elif what == 'file':
        for path in reversed(layers):
            with open_tar(path) as tar:
                if argument.lstrip('/') in tar.getnames():
                    sys.stdout.buffer.write(tar.extractfile(argument.lstrip('/')).read())
                    return
        sys.exit(f'{argument} is in no layer')


if __name__ == '__main__':
    main()
