#!/usr/bin/python3
"""Strikes commands of builder with faults, call site by call site, and tells what does not survive them.

The folder keeps what was done: a walk that was cut off goes on where it was. Exit code 1 where there are problems."""
import argparse
import concurrent.futures
import os
import shutil
import signal
import sys
import tempfile

from record import FOUND, HIT, MISSED, Record
from scenes import SCENES
from strike import FAULTS
from worker import Worker, points_of, strike_all

CHUNK = 16
# Memory is quicker than a disk, and looks the same to a command that is killed.
MEMORY = '/dev/shm'


def chunks_of(points, record):
    left = [point for point in points if str(point) not in record.done]
    return [left[i:i + CHUNK] for i in range(0, len(left), CHUNK)]


def report(record, point, problems, site):
    if record.add(point, problems, site) == FOUND:
        print(f'PROBLEM {point}\n  at {site}\n  ' + '\n  '.join(problems), flush=True)


def tell(record, total):
    print(f'{len(record.done)} of {total} done: {record.count(FOUND)} with problems, {record.count(MISSED)} not reached', flush=True)


def walk(options, record):
    with concurrent.futures.ProcessPoolExecutor(options.jobs, initializer=Worker, initargs=(options,)) as pool:
        try:
            chunks, total = [], 0
            for points in pool.map(points_of, options.scenes):
                total += len(points)
                chunks += chunks_of(points, record)
            print(f'{total} faults in {len(options.scenes)} commands', flush=True)
            for struck in concurrent.futures.as_completed([pool.submit(strike_all, chunk) for chunk in chunks]):
                for result in struck.result():
                    report(record, *result)
                tell(record, total)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--program', required=True)
    parser.add_argument('--shim', required=True, help='libfault-shim.so, which the build makes')
    parser.add_argument('--folder', help='keeps what was done; by default nothing is kept')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--short', action='store_true', help='one kill and one error for each kind of call')
    parser.add_argument('--only', metavar='REGEX', help='only calls whose description has this: "rename .* in commit@"')
    parser.add_argument('--faults', metavar='FAULT,…', type=lambda text: text.split(','), default=list(FAULTS), help=', '.join(FAULTS))
    parser.add_argument('scenes', nargs='*', metavar='SCENE', help=f'by default all of {", ".join(SCENES)}')
    options = parser.parse_args(arguments)
    if unknown := set(options.scenes) - SCENES.keys():
        parser.error(f'there is no scene {", ".join(unknown)}')
    if unknown := set(options.faults) - FAULTS.keys():
        parser.error(f'there is no fault {", ".join(unknown)}')
    options.scenes = options.scenes or list(SCENES)
    return options


def has_shown_enough(options, record):
    """Where hardly any fault was reached, that all is well means nothing."""
    is_enough = record.done and record.count(HIT) + record.count(FOUND) >= len(record.done) * 3 // 4
    if not is_enough:
        print(f'only {record.count(HIT)} of {len(record.done)} faults were reached')
    return is_enough


def main(arguments):
    options = options_of(arguments)
    if os.geteuid() != 0 or not os.path.exists('/bin/busybox'):
        print('SKIPPED: this needs root, and busybox-static')
        return 77
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options.places = tempfile.mkdtemp(prefix='builder-faults.', dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    folder = options.folder or options.places
    os.makedirs(folder, exist_ok=True)
    try:
        # A build that goes on meanwhile changes nothing.
        options.program = shutil.copy(options.program, f'{options.places}/builder')
        options.shim = shutil.copy(options.shim, options.places)
        record = Record(folder, options.program)
        walk(options, record)
    except KeyboardInterrupt:
        print(f'cut off; the same command goes on where this was: {folder} keeps what was done')
        return 130
    finally:
        shutil.rmtree(options.places, ignore_errors=True)
    return 1 if record.count(FOUND) or not has_shown_enough(options, record) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
