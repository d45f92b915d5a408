#!/usr/bin/python3
"""odd_headers.py FOLDER: writes tars whose headers are odd: huge, endless, or with attributes that nobody can have."""
import gzip
import io
import os
import sys
import tarfile


def pax(**records):
    """A tar with one file, and these records for it; the names have dots for double underscores."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode='w', format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo('file')
        info.pax_headers = {name.replace('__', '.'): value for name, value in records.items()}
        info.size = 1
        archive.addfile(info, io.BytesIO(b'x'))
    return stream.getvalue()


def sparse(blocks):
    """A GNU sparse file whose map goes on in so many blocks, each with 21 pieces."""
    info = tarfile.TarInfo('file')
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[156:157] = b'S'
    for piece in range(4):
        header[386 + 24 * piece:410 + 24 * piece] = b'%011o\0' % piece + b'%011o\0' % 0
    header[482:483] = b'\1'
    header[483:495] = b'%011o\0' % (1 << 30)
    header[148:156] = b' ' * 8
    header[148:156] = b'%06o\0 ' % sum(header)
    stream = io.BytesIO()
    stream.write(header)
    for number in range(blocks):
        pieces = b''.join(b'%011o\0' % (100 + 21 * number + piece) + b'%011o\0' % 0 for piece in range(21))
        stream.write(pieces + b'\1' + bytes(7))
    return stream.getvalue()


ATTRIBUTES = {'nameless': {'SCHILY__xattr__': 'x'}, 'no_namespace': {'SCHILY__xattr__plain': 'x'},
              'long_name': {'SCHILY__xattr__user__' + 'n' * 300: 'x'}, 'long_value': {'SCHILY__xattr__user__v': 'v' * 70000},
              'trusted_overlay': {'SCHILY__xattr__trusted__overlay__redirect': '/etc'},
              'user_overlay': {'SCHILY__xattr__user__overlay__opaque': 'y'}, 'broken_rights': {'SCHILY__xattr__security__capability': 'x'},
              'fine': {'SCHILY__xattr__user__fine': 'x'}}


def main():
    os.chdir(sys.argv[1])
    archives = {name: pax(**records) for name, records in ATTRIBUTES.items()}
    archives['large_record'] = pax(comment='c' * (2 << 20))
    archives['endless_map'] = sparse(100000)
    for name, content in archives.items():
        with gzip.open(name + '.tar.gz', 'wb') as file:
            file.write(content)


if __name__ == '__main__':
    main()
