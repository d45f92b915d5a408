"""Whether a store is whole: what `builder check` says, whether every image can be exported, and what no record names."""
import json
import os
import shutil

from outcome import digest_of

# At the top of a store; docs/store_format.md.
KNOWN = {'store.db', 'store.db-wal', 'store.db-shm', 'lock', 'locks', 'ballast', 'layers', 'blobs', 'staging', 'cache-mounts', 'git', 'builds',
         'volumes', 'stub', 'overlay-works', 'podman'}


def damages(place, allow_strays):
    """What check finds. After a kill, files that no record names are allowed: a later command removes them."""
    result = place.run('check', '--digests', '--json')
    try:
        problems = json.loads(result.output)['problems']
    except (ValueError, KeyError):
        return [str(result)]
    return [f'check: {one["kind"]} {one["id"]} {one["problem"]}' for one in problems if not (allow_strays and one['kind'] == 'folder')]


def images_that_cannot_be_exported(place):
    found = []
    for image in json.loads(place.must('images', '--all', '--json', '--no-trunc') or '[]'):
        folder = f'{place.folder}/exported'
        result = place.run('push', '-q', '--disable-compression', image['id'].removeprefix('sha256:'), f'oci:{folder}:x')
        # A manifest list does not keep its images from being removed.
        if result.code != 0 and 'of the list is no longer in the store' not in result.error:
            found.append(f'export: {result}')
        elif result.code == 0 and any(digest_of(f'{folder}/blobs/sha256/{name}') != name for name in os.listdir(f'{folder}/blobs/sha256')):
            found.append(f'export: {image["id"]} has a blob with another digest')
        shutil.rmtree(folder, ignore_errors=True)
    return found


def left_in_staging(place):
    folder = f'{place.root}/staging'
    return [f'staging/{name} is left' for name in os.listdir(folder)] if os.path.isdir(folder) else []


def records_left(place):
    """Of builds, and of what their steps have read."""
    return [f'{folder}/{name} is left' for folder, _, names in os.walk(f'{place.root}/builds') for name in names]


def left_after_pruning(place):
    """After `prune --all`: only images' and containers' files remain, and records name each of them."""
    result = place.run('prune', '--all')
    if result.code != 0:
        return [str(result)]
    found = damages(place, allow_strays=False) + left_in_staging(place)
    found += records_left(place)
    found += [f'{name} is no part of a store' for name in os.listdir(place.root) if name not in KNOWN]
    for kept in ('cache-mounts', 'git'):
        folder = f'{place.root}/{kept}'
        found += [f'{kept}/{name} is left' for name in (os.listdir(folder) if os.path.isdir(folder) else [])]
    return found
