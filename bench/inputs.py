"""What the workloads of peers.py build: contexts of many files, large files and many stages."""
import os
import shutil
import subprocess

MIB = 1 << 20


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def make_base(builder, work):
    """A base image of busybox as an OCI archive, made by builder itself."""
    folder = f'{work}/base'
    write(f'{folder}/Containerfile', 'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n'
                                     'RUN mkdir -p /proc /sys /dev /tmp /etc && echo root:x:0:0:root:/root:/bin/sh > /etc/passwd\n')
    shutil.copy(shutil.which('busybox') or '/bin/busybox', f'{folder}/busybox')
    archive = f'{work}/base.tar'
    subprocess.run([*builder.store('base'), 'bud', '-q', '-t', f'oci-archive:{archive}:base', folder], check=True, stdout=subprocess.DEVNULL)
    return archive


def make_inputs(work):
    steps = ''.join(f'RUN echo {i} > /s{i}\n' for i in range(40))
    write(f'{work}/steps/Containerfile', 'FROM localhost/base\n' + steps)
    write(f'{work}/many/Containerfile', 'FROM localhost/base\nCOPY files /files\n')
    write(f'{work}/big/Containerfile', 'FROM localhost/base\nCOPY file /file\n')
    write(f'{work}/runbig/Containerfile', 'FROM localhost/base\nRUN mkdir /d && for i in $(seq 2000); do '
          'dd if=/dev/zero of=/d/$i bs=64k count=8 2>/dev/null; done\n')
    write(f'{work}/export/Containerfile', 'FROM localhost/base\n' + ''.join(f'COPY part{i} /part{i}\n' for i in range(8)))
    stages = ''.join(f'FROM localhost/base AS s{i}\nRUN sleep 1; echo {i} > /r{i}\n' for i in range(8))
    write(f'{work}/stages/Containerfile', stages + 'FROM localhost/base\n' + ''.join(f'COPY --from=s{i} /r{i} /r{i}\n' for i in range(8)))


def make_many(work, count=50_000, each=4096):
    block = os.urandom(each)
    for i in range(count):
        folder = f'{work}/many/files/{i // 500}'
        if i % 500 == 0:
            os.makedirs(folder, exist_ok=True)
        with open(f'{folder}/{i}', 'wb') as file:
            file.write(i.to_bytes(4, 'big') + block[4:])


def make_big(work):
    block = os.urandom(MIB)
    with open(f'{work}/big/file', 'wb') as file:
        for i in range(1024):
            file.write(i.to_bytes(4, 'big') + block[4:])


def make_parts(work):
    """8 × 64 MiB of programs and libraries of this machine: what images are made of."""
    def content():
        while True:
            for folder in ('/usr/bin', '/usr/lib/x86_64-linux-gnu', '/usr/lib'):
                for root, folders, names in os.walk(folder):
                    folders.sort()
                    for name in sorted(names):
                        path = os.path.join(root, name)
                        if os.path.isfile(path) and not os.path.islink(path):
                            with open(path, 'rb') as file:
                                while piece := file.read(MIB):
                                    yield piece
    pieces = content()
    for i in range(8):
        with open(f'{work}/export/part{i}', 'wb') as file:
            left = 64 * MIB
            while left > 0:
                piece = next(pieces)[:left]
                file.write(piece)
                left -= len(piece)
