"""What a command may not leave behind when it has ended or was killed: processes, mounts, cgroups."""
import ctypes
import os
import signal
import time

PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 5.0


def adopt_orphans():
    """What a killed command leaves becomes a child of this process, so that nothing hides."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), 'cannot adopt orphans')


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def children():
    """(number, name) of every child that runs."""
    found = []
    for number in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{number}/stat', encoding='utf-8', errors='replace') as file:
                name, rest = file.read().rsplit(')', 1)
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == os.getpid() and state != 'Z':
            found.append((int(number), name.split('(', 1)[1]))
    return found


def processes_left(others=()):
    """Children that outlive the grace time, which are ended then; `others` are ours."""
    deadline = time.monotonic() + GRACE_SECONDS
    while True:
        reap()
        left = [child for child in children() if child[0] not in others]
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.005)
    for number, _ in left:
        os.kill(number, signal.SIGKILL)
    return [f'{name} ({number})' for number, name in left]


def mounts_below(folder):
    """In any mount namespace that a process has."""
    seen, found = set(), set()
    for number in filter(str.isdigit, os.listdir('/proc')):
        try:
            namespace = os.readlink(f'/proc/{number}/ns/mnt')
            if namespace in seen:
                continue
            seen.add(namespace)
            with open(f'/proc/{number}/mountinfo', encoding='utf-8', errors='replace') as file:
                found.update(line.split()[4] for line in file if folder in line)
        except OSError:
            pass
    return sorted(found)


def cgroups_of(process):
    """Cgroups that the command with this number made."""
    name = f'builder-{process}'
    return [os.path.join(folder, name) for folder, names, _ in os.walk('/sys/fs/cgroup') if name in names]
