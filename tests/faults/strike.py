"""One fault: a command is struck at one call; then everything is looked at that may not have suffered."""
import dataclasses
import errno
import os

import remains
from outcome import differences, outcome_of
from shim import Action, Kind
from wholeness import damages, images_that_cannot_be_exported, left_after_pruning, left_in_staging

TAKES_ROOM = {Kind.OPEN, Kind.MAKE, Kind.RENAME, Kind.WRITE, Kind.SYNC}


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    action: Action
    error: int = 0

    def strikes(self, kind):
        return self.action != Action.FILL or kind in TAKES_ROOM


FAULTS = {fault.name: fault for fault in (
    Fault('kill', Action.KILL), Fault('EIO', Action.FAIL, errno.EIO), Fault('ENOSPC', Action.FILL, errno.ENOSPC))}


@dataclasses.dataclass(frozen=True)
class Point:
    """The call to strike: the n-th from a site of a scene's command."""
    scene: str
    fault: str
    site: str
    occurrence: int

    def __str__(self):
        return f'{self.scene} {self.fault} {self.site} {self.occurrence}'


class Stage:
    """Where the faults of a scene strike: its store, made once, and what the command does when nothing is in its way."""

    def __init__(self, scene, template, place, plan, material):
        self.scene, self.template, self.place, self.plan, self.material = scene, template, place, plan, material
        self.begin()
        plan.arm()
        result = self.run_struck()[0]
        if result.code != 0:
            raise RuntimeError(f'without a fault: {result}')
        self.sites = plan.sites()
        self.wanted = self.outcome()
        remaining = left_after_pruning(place)
        if remaining:
            raise RuntimeError(f'{scene.name} without a fault: {remaining}')

    def begin(self):
        self.place.become_copy_of(self.template)
        self.material.reset_registry()

    def words(self):
        return self.scene.words(self.material, self.place)

    def outcome(self):
        return outcome_of(self.place, self.material, self.scene)

    def run_struck(self):
        """The result, and what is left of its processes and mounts. Cgroups may stay till the next command makes some."""
        process = self.place.start(*self.words(), more=self.plan.environment(self.place.program))
        result = self.place.wait(process, self.words())
        left = [f'process {name}' for name in remains.processes_left()]
        left += [f'mount {path}' for path in remains.mounts_below(self.place.folder)]
        self.cgroups = remains.cgroups_of(process.pid)
        return result, left

    def strike(self, point):
        """The problems that the fault gave; None where the command did not come by there this time."""
        fault = FAULTS[point.fault]
        self.begin()
        self.plan.arm(fault.action, fault.error, point.site, point.occurrence)
        result, problems = self.run_struck()
        if not self.plan.was_hit():
            return None
        problems += self.problems_of_ending(result, fault)
        problems += damages(self.place, allow_strays=True)
        problems += images_that_cannot_be_exported(self.place)
        if result.code != 0:
            problems += self.problems_of_repeating()
        problems += differences(self.outcome(), self.wanted)
        problems += [f'cgroup {folder}' for folder in self.cgroups if os.path.exists(folder)]
        problems += left_in_staging(self.place) + left_after_pruning(self.place)
        return problems

    @staticmethod
    def problems_of_ending(result, fault):
        if result.code is None:
            return [str(result)]
        if fault.action == Action.KILL or result.code == 0:
            return []
        if result.code < 0 or result.code > 125:
            return [f'a crash: {result}']
        return [] if 'Error: ' in result.error else [f'no error is told: {result}']

    def problems_of_repeating(self):
        result = self.place.run(*self.words())
        if result.code == 0 or (not self.scene.again and result.code == 125):
            return []
        return [f'again: {result}']
