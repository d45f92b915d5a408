"""What the scenes build, pull and push: contexts, images as folders and archives, and a registry that has them."""
import os
import shutil
import sys

from place import HERE, Place

sys.path.insert(0, os.path.join(HERE, '../functional/registry'))
from scripted_registry import ScriptedRegistry  # noqa: E402

BASE = '''FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
'''
OTHER = '''FROM base
RUN mkdir /o && for i in 1 2 3 4; do echo $i >/o/$i; done
COPY files /files
'''
STAGES = '''FROM base AS a
COPY files /a
RUN --mount=type=cache,id=kept,target=/c echo x >>/c/x; cp -r /a /b; rm /a/1; rm -r /a/deep
FROM base AS b
COPY --from=a /b /b
RUN echo all >/b/all
'''
SEEDED = '''FROM base
RUN --mount=type=cache,id=seed,from=base,source=/bin,target=/c ls /c | wc -l >/n
'''
FOREIGN = '''FROM oci:%s:latest AS a
RUN echo a >/a
FROM oci:%s:latest
COPY --from=a /a /a
'''
UNPACKED = '''FROM base
ADD files.tar /unpacked/
COPY --link files /linked
'''


class Material:
    def __init__(self, folder, program):
        self.folder = folder
        self.registry = ScriptedRegistry()
        self.registry.auth, self.registry.user, self.registry.password = None, 'me', 'secret'
        os.makedirs(f'{folder}/context/files/deep')
        self.write_contexts()
        self.write_images(program)
        self.keep_registry()

    def path(self, name):
        return f'{self.folder}/{name}'

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)

    def write_contexts(self):
        shutil.copy('/bin/busybox', self.path('context/busybox'))
        for name in ('1', '2', '3', 'deep/4'):
            self.write(f'context/files/{name}', f'file {name}\n' * 50)
        os.symlink('1', self.path('context/files/link'))
        shutil.make_archive(self.path('context/files'), 'tar', self.path('context'), 'files')
        for name, text in {'base': BASE, 'other': OTHER, 'stages': STAGES, 'seeded': SEEDED, 'unpacked': UNPACKED,
                           'foreign': FOREIGN % (self.path('base-oci'), self.path('other-oci'))}.items():
            self.write(f'context/Containerfile.{name}', text)

    def build_words(self, name):
        return ['--timestamp', '0', '-f', self.path(f'context/Containerfile.{name}'), self.path('context')]

    def write_images(self, program):
        place = Place(self.path('maker'), program)
        place.make()
        for name in ('base', 'other'):
            place.must('build', '-q', '-t', name, *self.build_words(name))
            place.must('push', '-q', name, f'oci:{self.path(name)}-oci:latest')
            place.must('push', '-q', '--tls-verify=false', name, f'docker://{self.registry.host}/{name}:1')
        place.must('push', '-q', 'other', f'docker-archive:{self.path("other.tar")}')
        place.remove()

    def keep_registry(self):
        self.kept = dict(self.registry.blobs), dict(self.registry.manifests)

    def reset_registry(self):
        self.registry.blobs, self.registry.manifests = map(dict, self.kept)
        self.registry.uploads, self.registry.requests = {}, []
