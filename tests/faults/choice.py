"""Which calls of a command are struck."""
from shim import Kind
from strike import FAULTS, TAKES_ROOM, Point


def every_point(scene, sites):
    """Each site with each fault, at its first call and its last."""
    return [Point(scene, fault.name, site.name, occurrence) for site in sites for fault in FAULTS.values() if fault.strikes(site.kind)
            for occurrence in sorted({1, site.count})]


def short_points(scene, sites):
    """For each kind of call one kill and one error, at different sites where there are several."""
    points = []
    for kind in Kind:
        of_kind = [site for site in sites if site.kind == kind]
        if of_kind:
            killed, failed = of_kind[len(of_kind) // 2], of_kind[len(of_kind) // 3]
            points.append(Point(scene, 'kill', killed.name, killed.count))
            points.append(Point(scene, 'ENOSPC' if kind in TAKES_ROOM else 'EIO', failed.name, 1))
    return points
