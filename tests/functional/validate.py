#!/usr/bin/python3
"""validate.py SCHEMAS (SCHEMA DOCUMENT)...: checks documents against the JSON schemas of the OCI image specification."""
import json
import os
import sys

import jsonschema


def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def main():
    folder, *pairs = sys.argv[1:]
    # The schemas name each other by their file names, relative to whatever identifier surrounds the reference.
    names = [name for name in os.listdir(folder) if name.endswith('.json')]
    bases = ['https://opencontainers.org/schema/' + base for base in
             ('', 'image/', 'image/index/', 'image/manifest/', 'image/descriptor/', 'image/platform/', 'descriptor/')]
    store = {base + name: load(os.path.join(folder, name)) for name in names for base in bases}
    for name, document in zip(pairs[::2], pairs[1::2]):
        schema = load(os.path.join(folder, name))
        resolver = jsonschema.RefResolver.from_schema(schema, store=store)
        jsonschema.Draft4Validator(schema, resolver=resolver).validate(load(document))


if __name__ == '__main__':
    main()
