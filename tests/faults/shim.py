"""The plan that a test shares with the shim (shim/fault_plan.h): which call fails, and which calls there were."""
import dataclasses
import enum
import os
import struct

FRAMES = 24
SITES = 8192
HEADER = struct.Struct('<8Q')
SITE = struct.Struct(f'<3Q2I{FRAMES}Q24s128s')


class Kind(enum.IntEnum):
    OPEN, MAKE, RENAME, REMOVE, WRITE, SYNC, ATTRIBUTE, MOUNT, MESSAGE, PROCESS = range(10)


class Action(enum.IntEnum):
    NONE, KILL, FAIL, FILL = range(4)


@dataclasses.dataclass(frozen=True)
class Site:
    """A place in the program that makes a call; `name` stays the same as long as the program does."""
    name: str
    count: int
    order: int
    kind: Kind
    call: str
    what: str
    frames: tuple


def text_of(raw):
    return raw.split(b'\0')[0].decode(errors='replace')


class Plan:
    def __init__(self, path, library):
        self.path, self.library = path, library

    def arm(self, action=Action.NONE, error=0, site='0', occurrence=0):
        with open(self.path, 'wb') as file:
            file.write(HEADER.pack(action, error, int(site, 16), occurrence, 0, 0, 0, 0))
            file.truncate(HEADER.size + SITES * SITE.size)

    def environment(self, program):
        return {'LD_PRELOAD': self.library, 'FAULT_PLAN': self.path, 'FAULT_PROGRAM': os.path.realpath(program)}

    def was_hit(self):
        with open(self.path, 'rb') as file:
            return HEADER.unpack(file.read(HEADER.size))[4] > 0

    def sites(self):
        """In the order of the first call from each."""
        with open(self.path, 'rb') as file:
            lost = HEADER.unpack(file.read(HEADER.size))[7]
            table = file.read()
        if lost:
            raise RuntimeError(f'{lost} calls had no room in the table of sites: raise plan_sites in fault_plan.h and shim.py')
        found = []
        for site_hash, count, order, kind, depth, *rest in SITE.iter_unpack(table):
            if site_hash:
                frames, call, what = tuple(rest[:depth]), text_of(rest[-2]), text_of(rest[-1])
                found.append(Site(f'{site_hash:016x}', count, order, Kind(kind), call, what, frames))
        return sorted(found, key=lambda site: site.order)
