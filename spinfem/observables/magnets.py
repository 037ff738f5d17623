"""Which magnets inject and which detect, by the way from terminal to terminal, region after region."""

import numpy as np

_COLLINEAR = 1e-9  # cosine up to which two directions are perpendicular
_MOSTLY = 0.5  # that of the means of textures


def direction_of(magnetization):
    """The unit vector, (3,), of a magnetization that is known to be uniform."""
    return np.array(magnetization.direction)


def magnetic_axis(case):
    """The axis, (3,), along which all magnets of a case point one way or the other; None where there is none."""
    magnetizations = [region.magnetization for region in case.regions.values() if region.magnetization is not None]
    if not magnetizations or not all(magnetization.uniform for magnetization in magnetizations):
        return None
    directions = np.array([magnetization.direction for magnetization in magnetizations])
    across = np.linalg.norm(np.cross(directions[0], directions), axis=1)
    return directions[0] if across.max() < _COLLINEAR else None


def on_the_way(contacts, bundles, start, end):
    """The magnets that everything has to pass from one of `start` to one of `end` (names of regions), nearest to the start first.

    contacts: pairs of regions that touch. bundles: magnet -> all that count as one with it, itself included: where no magnet
    has to be passed alone, one of a bundle is enough.
    """
    distance = reached(contacts, start)
    if not distance.keys() & set(end):
        return []

    def cut(magnets) -> bool:
        return not reached(contacts, start, without=magnets).keys() & set(end)

    alone = [name for name in bundles if name in distance and cut({name})]
    passed = alone or [name for name, bundle in bundles.items() if name in distance and cut(bundle)]
    return sorted(passed, key=distance.get)


def bundled(magnets, flip):
    """Magnet -> the set of those with the same magnetization, itself included; `flip` counts for itself alone.

    magnets: name -> Magnetization.
    """
    others = {name: m for name, m in magnets.items() if name != flip}
    return {name: {name} | {o for o, m in others.items() if name in others and m == magnets[name]} for name in magnets}


def counterpart(contacts, flip, injecting, detecting):
    """The magnet that the state of `flip` is compared with; None if `flip` neither injects nor detects, or nothing is on the other side.

    injecting, detecting: magnets on the way of the current and on that of the voltage. Of several, the pair that is nearest to one another.
    """
    pairs = [(i, d) for i in injecting for d in detecting if i != d and flip in (i, d)]
    nearest = min(pairs, key=lambda pair: reached(contacts, [pair[0]])[pair[1]], default=())
    return next((name for name in nearest if name != flip), None)


def alignment(device, one, other) -> int:
    """1 where two Regions (name, Magnetization) point along one another, -1 against, 0 where neither can be said. Collective for textures."""
    means = [_mean(device, *magnet) for magnet in (one, other)]
    cosine = float(np.dot(*means))
    enough = _COLLINEAR if one[1].uniform and other[1].uniform else _MOSTLY
    return int(np.sign(cosine)) if abs(cosine) > enough else 0


def _mean(device, name, magnetization):
    if magnetization.uniform:
        return np.array(magnetization.direction)
    from spinfem.compat import nodes_of_cells  # slow to import, and not needed to check a case

    nodes = np.unique(nodes_of_cells(device.mesh)[device.cells_of(name)])
    m = magnetization.at(device.mesh.geometry.x[nodes].T * device.length_unit)
    total, count = (device.mesh.comm.allreduce(part) for part in (m.sum(axis=1), len(nodes)))
    return total / count


def reached(contacts, start, without=frozenset()):
    """Name -> number of contacts on the shortest way from one of `start`, for what can be reached."""
    found = {name: 0 for name in start if name not in without}
    queue = list(found)
    for name in queue:
        for neighbour in set().union(*(pair for pair in contacts if name in pair)) - without - found.keys():
            found[neighbour] = found[name] + 1
            queue.append(neighbour)
    return found
