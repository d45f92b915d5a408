#!/usr/bin/env python3
"""Measures builder beside other image builders on this machine, in one run.

    bench/peers.py [--runs N] [--only NAME,NAME] [--bin build/bin/builder] [--work FOLDER]

For every workload the tools take turns. CPU seconds are those of all processes, containers included, read from a cgroup;
wall time and the peak resident memory of the command itself stand beside them. Medians are printed, and ratios to
builder. A tool that is not installed is left out, and said so.
"""
import argparse
import contextlib
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import inputs

HERE = os.path.dirname(os.path.abspath(__file__))


# ---------------------------------------------------------------------------------------------------------------------
# measuring

class Meter:
    """CPU time of everything that ran in a cgroup of its own: version 1 (cpuacct), else version 2 (cpu.stat)."""

    def __init__(self):
        name = f'builder-bench-{os.getpid()}'
        self.folder = None
        for root, usage, factor in (('/sys/fs/cgroup/cpuacct', 'cpuacct.usage', 1e-9), ('/sys/fs/cgroup', 'cpu.stat', 1e-6)):
            if os.path.exists(os.path.join(root, 'cgroup.procs')) and os.path.exists(os.path.join(root, usage)):
                self.folder, self.usage, self.factor = os.path.join(root, name), usage, factor
                os.makedirs(self.folder, exist_ok=True)
                return

    def enter(self):
        if self.folder:
            with open(os.path.join(self.folder, 'cgroup.procs'), 'w') as procs:
                procs.write(str(os.getpid()))

    def read(self):
        if not self.folder:
            usage = resource.getrusage(resource.RUSAGE_CHILDREN)
            return usage.ru_utime + usage.ru_stime
        with open(os.path.join(self.folder, self.usage)) as file:
            text = file.read()
        number = text.split('usage_usec')[1].split()[0] if 'usage_usec' in text else text
        return int(number) * self.factor

    def close(self):
        if self.folder:
            with contextlib.suppress(OSError):
                os.rmdir(self.folder)


def timed(meter, command, environment=None):
    """Runs a command and gives wall seconds, CPU seconds and the peak memory of the command itself in MiB."""
    before = meter.read()
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               preexec_fn=meter.enter, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status != 0:
        sys.exit(f'{" ".join(command)} failed:\n{output.decode(errors="replace")[-2000:]}')
    return wall, meter.read() - before, usage.ru_maxrss / 1024


# ---------------------------------------------------------------------------------------------------------------------
# tools

class Builder:
    name = 'builder'

    def __init__(self, binary, work):
        self.binary, self.work = binary, work

    def store(self, name):
        return [self.binary, '--root', f'{self.work}/builder-{name}', '--runroot', f'{self.work}/builder-{name}-run']

    def version(self):
        return [self.binary, '--version']

    def load(self, store, archive, name):
        image = subprocess.run([*self.store(store), 'pull', '-q', f'oci-archive:{archive}'], check=True, stdout=subprocess.PIPE, text=True)
        subprocess.run([*self.store(store), 'tag', image.stdout.split()[-1], name], check=True)

    def build(self, store, folder, file, tag='bench'):
        return [*self.store(store), 'bud', '-t', tag, '-f', file, folder]

    def export(self, store, name, target, compressed):
        return [*self.store(store), 'push', *([] if compressed else ['-D']), name, f'oci:{target}']

    def push(self, store, name, place, packing):
        return [*self.store(store), 'push', '-q', '--tls-verify=false', '--compression-format', packing, name, f'docker://{place}']

    def pull(self, store, place):
        return [*self.store(store), 'pull', '-q', '--tls-verify=false', place]


class Buildah(Builder):
    name = 'buildah'

    def store(self, name):
        return ['buildah', '--root', f'{self.work}/buildah-{name}', '--runroot', f'{self.work}/buildah-{name}-run']

    def version(self):
        return ['buildah', '--version']

    def build(self, store, folder, file, tag='bench'):
        return [*self.store(store), 'bud', '--layers', '--network', 'host', '--runtime', 'runc', '--jobs', '8', '-t', tag, '-f', file, folder]


# ---------------------------------------------------------------------------------------------------------------------
# workloads: each gives (wall, CPU, memory) of one run of one tool

class Bench:
    def __init__(self, options):
        self.options, self.work = options, options.work
        self.meter = Meter()
        self.builder = Builder(options.bin, self.work)
        self.tools = [self.builder]
        if shutil.which('buildah') and not options.alone:
            self.tools.append(Buildah('buildah', self.work))
        elif not options.alone:
            print('buildah is not installed: builder is measured alone')
        self.archive = inputs.make_base(self.builder, self.work)
        inputs.make_inputs(self.work)
        self.fresh = 0
        self.loaded = set()
        self.processes, self.kept, self.pushed = [], [], {}

    def new_store(self, tool):
        """A store with just the base image. Nothing is deleted between runs: that slows the file system down for minutes."""
        self.fresh += 1
        name = f'{self.fresh}'
        tool.load(name, self.archive, 'localhost/base')
        return name

    def shared_store(self, tool):
        name = f'shared-{tool.name}'
        if name not in self.loaded:
            tool.load(name, self.archive, 'localhost/base')
            self.loaded.add(name)
        return name

    def cold(self, tool, workload):
        return timed(self.meter, tool.build(self.new_store(tool), f'{self.work}/{workload}', f'{self.work}/{workload}/Containerfile'))

    def warm(self, tool, workload, prepare=None):
        store = self.shared_store(tool)
        command = tool.build(store, f'{self.work}/{workload}', f'{self.work}/{workload}/Containerfile')
        if (workload, store) not in self.loaded:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.loaded.add((workload, store))
        if prepare:
            prepare()
        return timed(self.meter, command)

    def start(self, tool):
        return timed(self.meter, tool.version())

    def script(self, tool):
        """A working container by five calls, as scripts have them."""
        store = self.shared_store(tool)
        inputs.write(f'{self.work}/script-file', 'text\n')
        words = """container=$("$@" from localhost/base) && "$@" run $FLAGS "$container" -- true &&
            "$@" copy -q "$container" "$FILE" /file && "$@" config --cmd /file "$container" && "$@" commit -q "$container" script"""
        environment = {**os.environ, 'FILE': f'{self.work}/script-file',
                       'FLAGS': '' if tool.name == 'builder' else '--network host --runtime runc'}
        result = timed(self.meter, ['sh', '-c', words, 'sh', *tool.store(store)], environment)
        subprocess.run([*tool.store(store), 'rm', '--all'], check=True, stdout=subprocess.DEVNULL)
        return result

    def steps(self, tool):
        return self.cold(tool, 'steps')

    def steps_cached(self, tool):
        return self.warm(tool, 'steps')

    def steps_in_300(self, tool):
        store = self.shared_store(tool)
        if ('300', store) not in self.loaded:
            for i in range(300):
                inputs.write(f'{self.work}/small/Containerfile', f'FROM localhost/base\nLABEL number={i}\n')
                subprocess.run(tool.build(store, f'{self.work}/small', f'{self.work}/small/Containerfile', f'small{i}'), check=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.loaded.add(('300', store))
        return self.warm(tool, 'steps')

    def many(self, tool):
        return self.cold(tool, 'many')

    def many_same(self, tool):
        return self.warm(tool, 'many')

    def many_one(self, tool):
        def change():
            self.fresh += 1
            inputs.write(f'{self.work}/many/files/7/3777', f'changed {self.fresh}')
            time.sleep(0.2)
        return self.warm(tool, 'many', change)

    def big(self, tool):
        return self.cold(tool, 'big')

    def runbig(self, tool):
        return self.cold(tool, 'runbig')

    def stages(self, tool):
        return self.cold(tool, 'stages')

    def export(self, tool, compressed):
        self.warm(tool, 'export')
        self.fresh += 1
        return timed(self.meter, tool.export(self.shared_store(tool), 'localhost/bench', f'{self.work}/out-{self.fresh}', compressed))


    def registry(self):
        """A docker-registry with nothing in it, on a port of its own; its CPU time is not counted."""
        self.fresh += 1
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        inputs.write(f'{self.work}/registry-{self.fresh}.yml', 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: '
              f'{self.work}/registry-{self.fresh}}}}}\nhttp: {{addr: "127.0.0.1:{port}"}}\n')
        process = subprocess.Popen(['docker-registry', 'serve', f'{self.work}/registry-{self.fresh}.yml'], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.processes.append(process)
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', port)) == 0:
                    break
            time.sleep(0.01)
        return f'127.0.0.1:{port}'

    def push(self, tool, packing):
        self.warm(tool, 'export')
        place = f'{self.registry()}/bench:1'
        result = timed(self.meter, tool.push(self.shared_store(tool), 'localhost/bench', place, packing))
        self.stop_registries()
        return result

    def push_again(self, tool):
        if tool.name not in self.pushed:
            self.warm(tool, 'export')
            self.pushed[tool.name] = f'{self.registry()}/bench:1'
            subprocess.run(tool.push(self.shared_store(tool), 'localhost/bench', self.pushed[tool.name], 'gzip'), check=True,
                           stdout=subprocess.DEVNULL)
            self.kept.append(self.processes.pop())
        return timed(self.meter, tool.push(self.shared_store(tool), 'localhost/bench', self.pushed[tool.name], 'gzip'))

    def pull(self, tool):
        """All tools pull what builder has pushed."""
        if 'pull' not in self.pushed:
            self.warm(self.builder, 'export')
            self.pushed['pull'] = f'{self.registry()}/bench:1'
            subprocess.run(self.builder.push(self.shared_store(self.builder), 'localhost/bench', self.pushed['pull'], 'gzip'), check=True,
                           stdout=subprocess.DEVNULL)
            self.kept.append(self.processes.pop())
        self.fresh += 1
        return timed(self.meter, tool.pull(f'{self.fresh}', self.pushed['pull']))

    def stop_registries(self):
        while self.processes:
            process = self.processes.pop()
            process.terminate()
            process.wait()

    def close(self):
        self.processes += self.kept
        self.stop_registries()
        self.meter.close()


WORKLOADS = {
    'start': ('--version', lambda bench, tool: bench.start(tool), 15, None),
    'script': ('from, run, copy, config and commit by five calls', lambda bench, tool: bench.script(tool), 5, None),
    'steps': ('40 small RUNs, cold', lambda bench, tool: bench.steps(tool), 3, None),
    'steps-cached': ('40 small RUNs, all cached', lambda bench, tool: bench.steps_cached(tool), 5, None),
    'steps-300': ('the same in a store of 300 images', lambda bench, tool: bench.steps_in_300(tool), 5, None),
    'many': ('COPY of 50,000 files, cold', lambda bench, tool: bench.many(tool), 3, inputs.make_many),
    'many-same': ('COPY of 50,000 files, nothing changed', lambda bench, tool: bench.many_same(tool), 3, inputs.make_many),
    'many-one': ('COPY of 50,000 files, one changed', lambda bench, tool: bench.many_one(tool), 3, inputs.make_many),
    'big': ('COPY of one 1 GiB file', lambda bench, tool: bench.big(tool), 3, inputs.make_big),
    'runbig': ('RUN writes 1 GiB in 2,000 files', lambda bench, tool: bench.runbig(tool), 3, None),
    'stages': ('8 stages of RUN sleep 1', lambda bench, tool: bench.stages(tool), 3, None),
    'export-gzip': ('512 MiB to an oci: folder, gzip', lambda bench, tool: bench.export(tool, True), 3, inputs.make_parts),
    'push-gzip': ('push of 8 × 64 MiB to an empty registry, gzip', lambda bench, tool: bench.push(tool, 'gzip'), 3, inputs.make_parts),
    'push-zstd': ('the same as zstd', lambda bench, tool: bench.push(tool, 'zstd'), 3, inputs.make_parts),
    'push-again': ('the same again, already there', lambda bench, tool: bench.push_again(tool), 5, inputs.make_parts),
    'pull': ('pull of it into an empty store', lambda bench, tool: bench.pull(tool), 3, inputs.make_parts),
    'export-plain': ('512 MiB to an oci: folder, uncompressed', lambda bench, tool: bench.export(tool, False), 3, inputs.make_parts),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--runs', type=int, help='runs of each workload (default: by workload)')
    arguments.add_argument('--only', default=','.join(WORKLOADS), help='names of workloads: ' + ', '.join(WORKLOADS))
    arguments.add_argument('--bin', default=os.path.join(HERE, '..', 'build', 'bin', 'builder'))
    arguments.add_argument('--work', help='folder for stores and inputs (default: a temporary one in /var/tmp, removed)')
    arguments.add_argument('--alone', action='store_true', help='measure builder alone')
    options = arguments.parse_args()
    options.bin = os.path.abspath(options.bin)
    keep = options.work is not None
    options.work = os.path.abspath(options.work) if keep else tempfile.mkdtemp(prefix='builder-bench-', dir='/var/tmp')
    os.makedirs(options.work, exist_ok=True)
    try:
        run(options)
    finally:
        if not keep:
            remove(options.work)


def remove(folder):
    """Another tool may leave its overlay mounted."""
    with open('/proc/self/mounts') as mounts:
        left = [line.split()[1] for line in mounts if line.split()[1].startswith(folder)]
    for place in reversed(left):
        subprocess.run(['umount', '--lazy', place], check=False)
    subprocess.run(['rm', '-rf', folder], check=False)


def run(options):
    bench = Bench(options)
    prepared = set()
    print(f'{"workload":42} {"tool":8} {"wall s":>8} {"CPU s":>8} {"MiB":>6}  CPU, times builder\'s')
    for name in options.only.split(','):
        title, measure, runs, prepare = WORKLOADS[name]
        if prepare and prepare not in prepared:
            prepare(options.work)
            prepared.add(prepare)
        results = {tool.name: [] for tool in bench.tools}
        for _ in range(options.runs or runs):
            for tool in bench.tools:
                results[tool.name].append(measure(bench, tool))
        medians = {tool: [statistics.median(column) for column in zip(*values)] for tool, values in results.items()}
        for tool, (wall, cpu, memory) in medians.items():
            print(f'{title:42} {tool:8} {wall:8.3f} {cpu:8.3f} {memory:6.0f}  {cpu / medians["builder"][1]:.1f}', flush=True)
    bench.close()


if __name__ == '__main__':
    main()
