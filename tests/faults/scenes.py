"""The commands that faults strike: for each, the store that it begins with and its words."""
import dataclasses
from typing import Callable

CHANGE = 'mkdir /d; echo x >/d/x; rm /bin/yes'


@dataclasses.dataclass(frozen=True)
class Scene:
    name: str
    store: str  # a key of STORES
    words: Callable  # (material, place) -> the words of the command
    again: bool = True  # whether it succeeds when it was done before
    lists: tuple = ()  # manifest lists whose content is part of the outcome


def empty(_, __):
    pass


def base(material, place):
    place.must('build', '-q', '-t', 'base', *material.build_words('base'))


def other(material, place):
    base(material, place)
    place.must('build', '-q', '-t', 'other', *material.build_words('other'))


def container(material, place):
    base(material, place)
    place.must('from', '--name', 'C', 'base')
    place.must('run', 'C', '--', 'sh', '-c', CHANGE)


def committed(material, place):
    container(material, place)
    place.must('commit', '-q', '--timestamp', '0', 'C', 'first')
    place.must('run', 'C', '--', 'sh', '-c', 'echo y >/d/y; rm /d/x')


def pulled(material, place):
    place.must('pull', '-q', f'oci:{material.path("other-oci")}:latest')
    place.must('pull', '-q', '--tls-verify=false', f'{material.registry.host}/base:1')


def manifest_list(material, place):
    other(material, place)
    place.must('manifest', 'create', 'lst', 'base')


def written(material, place):
    """Whatever a command writes outside the store is there already, of another image."""
    other(material, place)
    for name in ('oci:OUT/other:x', 'oci-archive:OUT/other.tar', 'dir:OUT/other-dir'):
        place.must('push', '-q', 'base', name.replace('OUT', place.out))
    place.must('build', '-q', '--output', f'type=local,dest={place.out}/files', *material.build_words('unpacked'))


STORES = {function.__name__: function for function in (empty, base, other, container, committed, pulled, manifest_list,
                                            written)}


def build(name, *more):
    return lambda material, place: ['build', '-t', 'img', *(word.replace('OUT', place.out) for word in more),
                                    *material.build_words(name)]


def said(*words):
    return lambda material, place: [word.replace('OUT', place.out).replace('MATERIAL', material.folder)
                                    .replace('REGISTRY', material.registry.host) for word in words]


SCENES = {scene.name: scene for scene in (
    Scene('first', 'empty', said('images')),
    Scene('bud', 'base', build('stages')),
    Scene('bud-seeded-cache', 'base', build('seeded')),
    Scene('bud-unpacks', 'base', build('unpacked')),
    Scene('bud-foreign', 'empty', build('foreign')),
    Scene('bud-no-cache', 'other', build('other', '--no-cache')),
    Scene('bud-squash', 'base', build('other', '--squash')),
    Scene('bud-limits', 'base', build('other', '--memory', '256m')),
    Scene('bud-output', 'base', build('other', '--output', 'type=local,dest=OUT/files')),
    Scene('bud-output-again', 'written', build('other', '--output', 'type=local,dest=OUT/files')),
    Scene('bud-output-tar', 'base', build('other', '--output', 'type=tar,dest=OUT/files.tar')),
    Scene('bud-iidfile', 'base', build('other', '--iidfile', 'OUT/id')),
    Scene('bud-cache-to', 'base', lambda material, place: [
        *build('other', '--layers', '--tls-verify=false', '--cache-to', f'{material.registry.host}/cache')(material, place)]),
    Scene('from', 'base', said('from', '--name', 'D', 'base'), again=False),
    Scene('from-pulls', 'empty', said('from', '--name', 'D', '--tls-verify=false', 'REGISTRY/other:1'), again=False),
    Scene('run', 'container', said('run', 'C', '--', 'sh', '-c', 'echo z >/d/z; rm -f /bin/cp')),
    Scene('copy', 'container', said('copy', 'C', 'MATERIAL/context/files', '/copied')),
    Scene('config', 'container', said('config', '--env', 'A=b', 'C')),
    Scene('rename', 'container', said('rename', 'C', 'E'), again=False),
    Scene('commit', 'container', said('commit', '--timestamp', '0', 'C', 'img')),
    Scene('commit-second', 'committed', said('commit', '--timestamp', '0', 'C', 'img')),
    Scene('commit-rm', 'container', said('commit', '--rm', '--timestamp', '0', 'C', 'img'), again=False),
    Scene('rm', 'committed', said('rm', 'C'), again=False),
    Scene('pull', 'empty', said('pull', '--tls-verify=false', 'REGISTRY/other:1')),
    Scene('pull-oci', 'empty', said('pull', 'oci:MATERIAL/other-oci:latest')),
    Scene('pull-archive', 'empty', said('pull', 'docker-archive:MATERIAL/other.tar')),
    Scene('push', 'other', said('push', '--tls-verify=false', 'other', 'docker://REGISTRY/pushed:1')),
    Scene('push-pulled', 'pulled', said('push', '--tls-verify=false', 'REGISTRY/base:1', 'docker://REGISTRY/pushed:1')),
    Scene('push-oci', 'other', said('push', 'other', 'oci:OUT/other:x')),
    Scene('push-archive', 'other', said('push', 'other', 'oci-archive:OUT/other.tar')),
    Scene('push-dir', 'other', said('push', 'other', 'dir:OUT/other')),
    Scene('push-oci-again', 'written', said('push', 'other', 'oci:OUT/other:x')),
    Scene('push-archive-again', 'written', said('push', 'other', 'oci-archive:OUT/other.tar')),
    Scene('push-dir-again', 'written', said('push', 'other', 'dir:OUT/other-dir')),
    Scene('tag', 'base', said('tag', 'base', 'b2')),
    Scene('rmi', 'other', said('rmi', 'other'), again=False),
    Scene('rmi-all', 'pulled', said('rmi', '--all')),
    Scene('prune', 'other', said('prune')),
    Scene('prune-all', 'pulled', said('prune', '--all')),
    Scene('manifest-create', 'other', said('manifest', 'create', 'new', 'other'), again=False, lists=('new',)),
    Scene('manifest-add', 'manifest_list', said('manifest', 'add', 'lst', 'other'), lists=('lst',)),
    Scene('manifest-push', 'manifest_list', said('manifest', 'push', '--all', '--tls-verify=false', 'lst', 'docker://REGISTRY/list:1')),
    Scene('manifest-rm', 'manifest_list', said('manifest', 'rm', 'lst'), again=False),
    Scene('login', 'empty', said('login', '--tls-verify=false', '-u', 'me', '-p', 'secret', '--authfile', 'OUT/auth.json', 'REGISTRY')),
)}
