#!/usr/bin/python3
"""Many commands side by side on one store: builds of the same and of different images, working containers, pulls, pushes, and
removals beside them. Right IDs, no error but those that removals explain, a whole store at the end, and neither memory nor open
files nor the store grow with time. Exit code 1 where that does not hold."""
import argparse
import collections
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time

import remains
from material import Material
from place import Place
from wholeness import damages, images_that_cannot_be_exported, left_after_pruning

VARIANTS = 6
SAMPLES_SECONDS = 5.0
# Another worker has removed what a command names: its right.
REMOVED = re.compile('there is no image|no such image|image not known|in use by|is not in the store|could not be resolved|no container|'
                     'already in use|another command has removed the image|container not known|no such container')
RECIPE = '''FROM base AS a
COPY files /files
RUN echo {0} >/all; rm /files/1
FROM base AS b
COPY --from=a /files /b
RUN echo {0} >/v; mkdir /d; cp -r /b/* /d
FROM a
COPY --from=b /d /d
'''


class Soak:
    def __init__(self, folder, program):
        self.material = Material(f'{folder}/material', program)
        self.place = Place(f'{folder}/place', program)
        self.place.make()
        self.lock = threading.Lock()
        self.done, self.problems = collections.Counter(), []
        for variant in range(VARIANTS):
            self.material.write(f'context/Containerfile.v{variant}', RECIPE.format(variant))
        self.place.must('build', '-q', '-t', 'base', *self.material.build_words('base'))
        self.wanted = {variant: self.place.must(*self.build(variant)).strip() for variant in range(VARIANTS)}

    def build(self, variant, *more):
        return ['build', '-q', '-t', f'img{variant}', *more, *self.material.build_words(f'v{variant}')]

    def note(self, problem):
        with self.lock:
            self.problems.append(problem)
        print(f'PROBLEM {problem}', flush=True)

    def run(self, *words):
        result = self.place.run(*words)
        with self.lock:
            self.done[words[0]] += 1
        if result.code is None or (result.code != 0 and not REMOVED.search(result.error)):
            self.note(str(result))
        return result

    def check_build(self, variant, *more):
        result = self.run(*self.build(variant, *more))
        if result.code == 0 and result.output.strip() != self.wanted[variant]:
            self.note(f'img{variant} is {result.output.strip()}, should be {self.wanted[variant]}')

    def use_container(self, worker):
        name = f'c{worker}'
        if self.run('from', '--name', name, 'base').code != 0:
            return
        self.run('run', name, '--', 'sh', '-c', f'echo {worker} >/mine')
        self.run('copy', name, self.material.path('context/files'), '/files')
        self.run('commit', '-q', name, f'made{worker}')
        self.run('rm', name)

    def push_folder(self, worker, variant):
        folder = f'{self.place.out}/{worker}'
        self.run('push', '-q', f'img{variant}', f'oci:{folder}:x')
        shutil.rmtree(folder, ignore_errors=True)

    def work(self, worker, ends):
        chance = random.Random(worker)
        while time.monotonic() < ends:
            variant, registry = chance.randrange(VARIANTS), self.material.registry.host
            chance.choice([
                lambda: self.check_build(variant), lambda: self.check_build(variant), lambda: self.check_build(variant),
                lambda: self.check_build(variant, '--no-cache'), lambda: self.use_container(worker),
                lambda: self.run('pull', '-q', '--tls-verify=false', f'{registry}/other:1'),
                lambda: self.run('push', '-q', '--tls-verify=false', f'img{variant}', f'docker://{registry}/soak{worker}:{variant}'),
                lambda: self.push_folder(worker, variant), lambda: self.run('rmi', f'img{variant}'), lambda: self.run('prune'),
                lambda: self.run('images'), lambda: self.run('info'),
            ])()

    def sample(self):
        """What the commands that run now take, and what lies in the store."""
        memory, files, processes = 0, 0, 0
        for number in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{number}/cmdline', 'rb') as file:
                    if self.place.root.encode() not in file.read():
                        continue
                with open(f'/proc/{number}/statm', encoding='ascii') as file:
                    memory = max(memory, int(file.read().split()[1]) * resource.getpagesize())
                files = max(files, len(os.listdir(f'/proc/{number}/fd')))
                processes += 1
            except (OSError, IndexError):
                pass
        return {'largest MB': memory >> 20, 'most open files': files, 'processes': processes,
                'layers': len(os.listdir(f'{self.place.root}/layers')), 'database MB': os.path.getsize(f'{self.place.root}/store.db') >> 20,
                'log MB': os.path.getsize(f'{self.place.root}/store.db-wal') >> 20}


def grows(samples, name):
    """Whether the last quarter is far above the second one; the first is for warming up."""
    values = [sample[name] for sample in samples]
    quarter = len(values) // 4
    return quarter > 0 and max(values[-quarter:]) > 2 * max(values[quarter:2 * quarter]) + 32


def last_look(soak):
    """Once nobody works any more."""
    place = soak.place
    found = [f'process {name}' for name in remains.processes_left()] + [f'mount {path}' for path in remains.mounts_below(place.folder)]
    found += damages(place, allow_strays=True) + images_that_cannot_be_exported(place)
    for variant in range(VARIANTS):
        soak.check_build(variant)
    return found + left_after_pruning(place)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('--workers', type=int, default=32)
    parser.add_argument('minutes', type=float, nargs='?', default=60)
    options = parser.parse_args(arguments)
    remains.adopt_orphans()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix='builder-soak.')
    try:
        program = shutil.copy(options.program, f'{folder}/builder')
        soak = Soak(folder, program)
        begun = time.monotonic()
        ends = begun + options.minutes * 60
        workers = [threading.Thread(target=soak.work, args=(worker, ends), daemon=True) for worker in range(options.workers)]
        for worker in workers:
            worker.start()
        samples = []
        while any(worker.is_alive() for worker in workers):
            time.sleep(SAMPLES_SECONDS)
            samples.append(soak.sample())
            print(f'{time.monotonic() - begun:.0f} s: {sum(soak.done.values())} commands, {len(soak.problems)} problems; {samples[-1]}', flush=True)
        problems = soak.problems + last_look(soak)
        problems += [f'{name} grows: {[sample[name] for sample in samples]}' for name in samples[0] if grows(samples, name)]
        print(f'{sum(soak.done.values())} commands of {options.workers} workers in {options.minutes:g} minutes: {dict(soak.done)}')
        print('\n'.join(f'PROBLEM {problem}' for problem in problems) or 'nothing was lost, nothing is left, nothing grows')
        return 1 if problems else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
