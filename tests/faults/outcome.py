"""What a command has made, as its user sees it: two runs have done the same when their outcomes are equal."""
import hashlib
import json
import os
import stat


def digest_of(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()


def look_of(path):
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return f'-> {os.readlink(path)}'
    return digest_of(path) if stat.S_ISREG(mode) else f'{mode:o}'


def files_below(folder):
    return {os.path.relpath(os.path.join(top, name), folder): look_of(os.path.join(top, name))
            for top, folders, files in os.walk(folder) for name in folders + files}


def images_of(place):
    listed = json.loads(place.must('images', '--json', '--no-trunc') or '[]')
    return {name: image['id'] for image in listed for name in image.get('names') or [f'unnamed {image["id"]}']}


def containers_of(place):
    """Each with the ID of what a commit makes of it: all that is in it counts."""
    names = [one['containername'] for one in json.loads(place.must('containers', '--json')) or []]
    return {name: place.must('commit', '-q', '--timestamp', '0', name).strip() for name in names}


def outcome_of(place, material, scene):
    return {'images': images_of(place), 'containers': containers_of(place), 'files': files_below(place.out),
            'lists': {name: place.run('manifest', 'inspect', name).output for name in scene.lists},
            'registry': {f'{name}:{tag}': hashlib.sha256(text).hexdigest()
                         for (name, tag), (_, text) in material.registry.manifests.items() if ':' not in tag}}


def differences(is_, should_be):
    found = []
    for part, wanted in should_be.items():
        for key in sorted({*wanted, *is_[part]}):
            one, two = is_[part].get(key, 'nothing'), wanted.get(key, 'nothing')
            if one != two:
                found.append(f'{part}: {key} is {str(one)[:80]}, should be {str(two)[:80]}')
    return found
