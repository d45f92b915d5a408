"""A folder of its own with a store, where commands of the program run."""
import os
import shutil
import subprocess

COMMAND_SECONDS = 60
HERE = os.path.dirname(os.path.realpath(__file__))


class Result:
    """How a command ended; `code` is None where it did not, in COMMAND_SECONDS."""

    def __init__(self, words, code, output, error):
        self.words, self.code, self.output, self.error = words, code, output, error

    def __str__(self):
        ending = 'did not end' if self.code is None else f'ended with {self.code}'
        return f'{" ".join(self.words)} {ending}: {self.error.strip()[-600:]}'


class Place:
    def __init__(self, folder, program):
        self.folder, self.program = folder, program
        self.root, self.runroot = f'{folder}/store', f'{folder}/run'
        self.out, self.temporary = f'{folder}/out', f'{folder}/tmp'

    def command(self, words):
        return [self.program, '--root', self.root, '--runroot', self.runroot, *words]

    def environment(self, more=None):
        """Nothing of this machine's settings."""
        kept = {name: os.environ[name] for name in ('PATH', 'LANG') if name in os.environ}
        return {**kept, 'HOME': f'{self.folder}/home', 'TMPDIR': self.temporary, 'CONTAINERS_CONF': '/dev/null',
                'CONTAINERS_STORAGE_CONF': '/dev/null',
                'CONTAINERS_REGISTRIES_CONF': f'{HERE}/../functional/registries.conf', **(more or {})}

    def start(self, *words, more=None):
        return subprocess.Popen(self.command(words), env=self.environment(more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.folder, text=True, errors='replace')

    @staticmethod
    def wait(process, words):
        try:
            output, error = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, error = process.communicate()
            return Result(words, None, output, error)
        return Result(words, process.returncode, output, error)

    def run(self, *words):
        return self.wait(self.start(*words), words)

    def must(self, *words):
        result = self.run(*words)
        if result.code != 0:
            raise RuntimeError(str(result))
        return result.output

    def make(self):
        for folder in (self.out, self.temporary, f'{self.folder}/home'):
            os.makedirs(folder)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def become_copy_of(self, other):
        self.remove()
        subprocess.run(['cp', '-a', '--reflink=auto', other.folder, self.folder], check=True)
