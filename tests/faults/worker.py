"""One process that strikes: it has a registry, stores and stages of its own."""
import os
import re
import signal

import remains
from choice import every_point, short_points
from material import Material
from naming import Names
from place import Place
from scenes import SCENES, STORES
from shim import Plan
from strike import Stage

# A call that depends on how threads come to meet is tried again.
TRIES = 5


class Worker:
    mine = None

    def __init__(self, options):
        remains.adopt_orphans()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.options = options
        self.folder = f'{options.places}/{os.getpid()}'
        os.makedirs(self.folder)
        self.material = Material(self.folder, options.program)
        self.names = Names(options.program)
        self.stages = {}
        Worker.mine = self

    def template(self, store):
        place = Place(f'{self.folder}/template-{store}', self.options.program)
        if not os.path.exists(place.folder):
            place.make()
            STORES[store](self.material, place)
        return place

    def stage(self, name):
        """The last one is kept: points come in chunks of one scene."""
        if name not in self.stages:
            scene = SCENES[name]
            plan = Plan(f'{self.folder}/plan', self.options.shim)
            place = Place(f'{self.folder}/struck', self.options.program)
            self.stages = {name: Stage(scene, self.template(scene.store), place, plan, self.material)}
        return self.stages[name]

    def points_of(self, name):
        stage = self.stage(name)
        sites = stage.sites
        if self.options.only:
            self.names.learn(sites)
            sites = [site for site in sites if re.search(self.options.only, self.names.describe(site))]
        choose = short_points if self.options.short else every_point
        return [point for point in choose(name, sites) if point.fault in self.options.faults]

    def strike(self, point):
        """The problems (None where the command did not come by), and where it was."""
        stage = self.stage(point.scene)
        for _ in range(TRIES):
            problems = stage.strike(point)
            if problems is not None:
                break
        where = [self.names.describe(site) for site in stage.sites if problems and site.name == point.site]
        return problems, ''.join(where)


def points_of(name):
    return Worker.mine.points_of(name)


def strike_all(points):
    """(point, problems, site) of each."""
    return [(point, *Worker.mine.strike(point)) for point in points]
