#!/usr/bin/python3
"""Power cuts: a store on a file system in a file, random commands, and in the midst of one the file system stops as if the power
had gone (FS_IOC_SHUTDOWN, without what its journal had not written yet). Then it is mounted again under another boot ID, and all
that the store lists has to be whole. Exit code 1 where it is not.

The folder keeps what was done: the same command goes on where it was cut off. Cut number N is the same each time, but for when
exactly it comes."""
import argparse
import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import uuid

import remains
from material import Material
from place import Place
from record import FOUND, Record
from wholeness import damages, images_that_cannot_be_exported, left_after_pruning

FS_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
BOOT_ID = '/proc/sys/kernel/random/boot_id'
MAKE = {'ext4': ['mkfs.ext4', '-q', '-F'], 'xfs': ['mkfs.xfs', '-q']}
# ext4 writes its journal each second, so that a cut comes between two of them.
MOUNT = {'ext4': 'loop,commit=1', 'xfs': 'loop'}


def call(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Machine:
    """A file system, and a kernel that was started anew, as far as a store can see."""

    def __init__(self, folder, kind):
        self.kind, self.image, self.mount, self.boot_id = kind, f'{folder}/image', f'{folder}/mounted', f'{folder}/boot_id'
        os.makedirs(self.mount)
        call('truncate', '-s', '600M', self.image)
        call(*MAKE[kind], self.image)
        self.start()

    def start(self):
        call('mount', '-o', MOUNT[self.kind], self.image, self.mount)
        with open(self.boot_id, 'w', encoding='ascii') as file:
            file.write(f'{uuid.uuid4()}\n')
        call('mount', '--bind', self.boot_id, BOOT_ID)

    def cut_power(self):
        opened = os.open(self.mount, os.O_RDONLY)
        fcntl.ioctl(opened, FS_IOC_SHUTDOWN, struct.pack('I', NO_LOG_FLUSH))
        os.close(opened)

    def stop(self):
        call('umount', BOOT_ID)
        deadline = time.monotonic() + 20
        while subprocess.run(['umount', self.mount], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            if time.monotonic() > deadline:
                raise RuntimeError(f'{self.mount} stays in use')
            time.sleep(0.05)


def menu(material):
    """Commands that may fail (a name that is gone), but never damage anything."""
    registry = material.registry.host
    return [
        ['build', '-q', '-t', 'img', *material.build_words('stages')],
        ['build', '-q', '-t', 'other', *material.build_words('other')],
        ['build', '-q', '--no-cache', '-t', 'anew', *material.build_words('other')],
        ['build', '-q', '-t', 'base', *material.build_words('base')],
        ['pull', '-q', f'oci:{material.path("other-oci")}:latest'],
        ['pull', '-q', '--tls-verify=false', f'{registry}/base:1'],
        ['push', '-q', '--tls-verify=false', 'other', f'docker://{registry}/pushed:1'],
        ['from', '--name', 'C', 'base'], ['run', 'C', '--', 'sh', '-c', 'date >/x; rm -f /bin/yes'],
        ['copy', 'C', material.path('context/files'), '/files'], ['commit', '-q', 'C', 'committed'],
        ['commit', '-q', '--rm', 'C', 'last'], ['rm', 'C'], ['tag', 'base', 'second'], ['manifest', 'create', 'lst', 'base'],
        ['manifest', 'rm', 'lst'], ['rmi', 'img'], ['rmi', '--force', 'other'], ['rmi', '--all', '--force'], ['prune'], ['prune', '--all'],
        ['images'],
    ]


def work_until(place, material, random_one, moment):
    """Commands one after the other; the last one is running when this returns. Gives it, and what was run."""
    history, process = [], None
    while time.monotonic() < moment:
        words = random_one.choice(menu(material))
        process = place.start(*words)
        try:
            process.communicate(timeout=max(0.01, moment - time.monotonic()))
            history.append(f'{" ".join(words[:3])}: {process.returncode}')
        except subprocess.TimeoutExpired:
            history.append(f'{" ".join(words[:3])}: cut')
    return process, history


def problems_after(place, material):
    found = []
    if (listed := place.run('images')).code != 0:
        found.append(str(listed))
    found += damages(place, allow_strays=True) + images_that_cannot_be_exported(place)
    for words in (['build', '-q', '-t', 'base', *material.build_words('base')], ['build', '-q', '-t', 'img', *material.build_words('stages')],
                  ['pull', '-q', '--tls-verify=false', f'{material.registry.host}/other:1']):
        if (again := place.run(*words)).code != 0:
            found.append(f'again: {again}')
    for name in place.run('containers', '--noheading', '--format', '{{.ContainerName}}').output.split():
        if (used := place.run('run', name, '--', 'true')).code != 0:
            found.append(str(used))
        place.run('rm', name)
    return found + images_that_cannot_be_exported(place) + left_after_pruning(place)


def one_cut(options, folder, kind, number):
    random_one = random.Random(f'{kind} {options.seed} {number}')
    machine = Machine(f'{folder}/{kind}-{number}', kind)
    place = Place(f'{machine.mount}/place', options.program)
    place.make()
    material = Material(f'{folder}/material-{kind}-{number}', options.program)
    place.must('build', '-q', '-t', 'base', *material.build_words('base'))
    call('sync', '--file-system', machine.mount)
    process, history = work_until(place, material, random_one, time.monotonic() + random_one.choice([0.3, 1, 2, 4]) + random_one.random())
    machine.cut_power()
    process.kill()
    process.wait()
    problems = [f'process {name}' for name in remains.processes_left()]
    machine.stop()
    machine.start()
    shutil.rmtree(place.runroot, ignore_errors=True)
    problems += problems_after(place, material)
    machine.stop()
    material.registry.close()
    shutil.rmtree(f'{folder}/{kind}-{number}')
    return problems, history


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('--folder', required=True, help='keeps what was done')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--kinds', nargs='+', default=sorted(MAKE), choices=sorted(MAKE))
    parser.add_argument('cuts', type=int, help='how many on each kind of file system')
    return parser.parse_args(arguments)


def main(arguments):
    options = options_of(arguments)
    os.makedirs(options.folder, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    remains.adopt_orphans()
    places = tempfile.mkdtemp(prefix='builder-power.')
    try:
        options.program = shutil.copy(options.program, f'{places}/builder')
        record = Record(options.folder, options.program)
        for number in range(options.cuts):
            for kind in options.kinds:
                point = f'{kind} {options.seed} {number}'
                if point in record.done:
                    continue
                problems, history = one_cut(options, places, kind, number)
                if record.add(point, problems, '; '.join(history)) == FOUND:
                    print(f'PROBLEM {point}\n  after {"; ".join(history)}\n  ' + '\n  '.join(problems), flush=True)
                print(f'{len(record.done)} cuts, {record.count(FOUND)} with problems', flush=True)
    except KeyboardInterrupt:
        print(f'cut off; the same command goes on where this was: {options.folder} keeps what was done')
        return 130
    finally:
        # What was mounted goes with the mount namespace.
        subprocess.run(['umount', '--recursive', '--lazy', places], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(places, ignore_errors=True)
    return 1 if record.count(FOUND) else 0


if __name__ == '__main__':
    # Nothing that is mounted here is seen elsewhere.
    if 'IN_OWN_MOUNTS' not in os.environ:
        os.environ['IN_OWN_MOUNTS'] = '1'
        os.execvp('unshare', ['unshare', '--mount', '--propagation', 'private', sys.executable, *sys.argv])
    sys.exit(main(sys.argv[1:]))
