"""What the tests of access to registries share: settings files, and images behind a password."""
import base64
import json
import os

from registry_case import RegistryCase


def encoded(user, password):
    return base64.b64encode(f'{user}:{password}'.encode()).decode()


class Access(RegistryCase):
    def write(self, path, content, mode=0o600):
        path = os.path.join(self.place, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(content if isinstance(content, str) else json.dumps(content))
        os.chmod(path, mode)
        return path

    @staticmethod
    def read(path):
        with open(path) as file:
            return file.read()

    def with_password(self, kind='basic'):
        self.registry.auth, self.registry.user, self.registry.password = kind, 'alice', 'secret'
        self.add_image()

    def auths(self, *keys, user='alice', password='secret'):
        return {'auths': {key: {'auth': encoded(user, password)} for key in keys}}
