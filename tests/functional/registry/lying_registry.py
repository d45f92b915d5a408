"""Every request of the client and every lie: each ends in success or in a clear error in time, and leaves nothing half there.
Arguments: pull | push | access, the part to run; stall, the requests that are not answered."""
import concurrent.futures
import os
import sys
import unittest

from lies import LIES, STALLS
from lying_case import Command, LyingCase, name_of

# All lies to every request take minutes. In `./dev test` each request is told one in seven, and all requests together all of them;
# with BUILDER_ALL_LIES=1 each is told all.
ALL = os.environ.get('BUILDER_ALL_LIES') == '1'
SHARE = 7


def lies_for(place):
    """Those for the request at this place among the shapes."""
    return LIES if ALL else LIES[place % SHARE::SHARE]


# The client waits 30 seconds at a server that says nothing.
STALL_SECONDS = 60


def name(case, rest='1'):
    return f'docker://{case.registry.host}/app/it:{rest}'


def linked(case):
    """`it` is in the registry under another name."""
    case.must_in('built', 'push', '-q', *case.credentials, 'it', name(case, 'earlier').replace('app/it', 'app/earlier'))
    case.registry.tokens = {}


PULL = [
    Command('pull', lambda case: ['pull', '-q', *case.credentials, name(case)]),
    Command('pull ifnewer', lambda case: ['pull', '-q', '--policy=ifnewer', *case.credentials, name(case)], store='pulled'),
    Command('pull --all-tags', lambda case: ['pull', '-q', '--all-tags', *case.credentials, name(case).rsplit(':', 1)[0]]),
]
PUSH = [
    Command('push', lambda case: ['push', '-q', *case.credentials, 'it', name(case, 'new')], store='built'),
    Command('push what is elsewhere', lambda case: ['push', '-q', *case.credentials, 'it', name(case, 'new')], store='built', prepare=linked),
    Command('manifest push', lambda case: ['manifest', 'push', '-q', '--all', *case.credentials, 'list', name(case, 'list')], store='built'),
]
ACCESS = [
    Command('login', lambda case: ['login', '--tls-verify=false', '-u', 'alice', '-p', 'secret', '--authfile',
                                   f'{case.place}/struck/auth.json', case.registry.host]),
    Command('manifest inspect', lambda case: ['manifest', 'inspect', *case.credentials, name(case)]),
    Command('manifest inspect --referrers', lambda case: ['manifest', 'inspect', '--referrers', *case.credentials, name(case)]),
]
PARTS = {'pull': PULL, 'push': PUSH, 'access': ACCESS}


class Lies(LyingCase):
    def test_lies(self):
        told = 0
        for command in PARTS[PART]:
            shapes, honest = self.honest(command)
            self.assertGreater(len(shapes), 1, command.name)
            for place, shape in enumerate(shapes):
                for lie in lies_for(place):
                    # What does not pass looks the same the first time and each time.
                    for times in (1, None) if lie.passes else (None,):
                        with self.subTest(command.name, request=name_of(shape), lie=lie.name, times=times):
                            self.lie(command, shape, lie, times, honest)
                            told += 1
        print(f'{told} lies were told')
        self.assertGreater(told, 150 if ALL else 150 // SHARE)


def stall(command, shape, lie):
    """In a registry of its own, as all are waited for at once."""
    case = Lies()
    case.setUp()
    try:
        _, honest = case.honest(command)
        case.credentials = [word for word in case.credentials if not word.startswith('--retry=')] + ['--retry=0']
        case.lie(command, shape, lie, None, honest, limit=STALL_SECONDS)
    finally:
        case.doCleanups()


class Stalls(LyingCase):
    def test_stalls(self):
        waiting = {}
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            for command in (*PULL[:1], *PUSH[:1], *ACCESS[:1]):
                for shape in self.honest(command)[0]:
                    for lie in STALLS:
                        waiting[pool.submit(stall, command, shape, lie)] = f'{command.name}, {name_of(shape)}: {lie.name}'
            for one in concurrent.futures.as_completed(waiting):
                with self.subTest(waiting[one]):
                    one.result()
        print(f'{len(waiting)} waits')
        self.assertGreater(len(waiting), 15)


if __name__ == '__main__':
    PART = sys.argv.pop(1)
    unittest.main(defaultTest='Stalls' if PART == 'stall' else 'Lies')
