"""What test_touching_magnets.py launches on several ranks: torques of magnets that touch, and what they leave out, as JSON."""

import json
import sys

from mpi4py import MPI

from tests.physics import test_touching_magnets as touching

PAIR = {"f1": touching.magnet(touching.HARD, "+z"), "f2": touching.magnet(touching.SOFT, touching.TILTED)}
WALLS = {name: touching.magnet(m, touching.wall(11.5)) for name, m in (("f1", touching.HARD), ("f2", touching.SOFT))}


def states():
    yield "at an angle", touching.line(PAIR, 1)
    yield "wall across a border", touching.line(WALLS, 2)
    for name in ("three magnets and a metal", "a tunnel contact that a third magnet joins"):
        yield name, touching.quilt(name)


def measures():
    """State -> what its magnets absorb and what is missing, in units of the current."""
    return {name: _measured(solution) for name, solution in states()}


def _measured(solution):
    absorbed = {magnet: solution.absorbed(magnet) / touching.CURRENT for magnet in touching.magnets_of(solution)}
    return {
        "absorbed": {magnet: vector.tolist() for magnet, vector in absorbed.items()},
        "defect": float(touching.defect(solution)),
    }


if __name__ == "__main__":
    told = MPI.COMM_WORLD.gather(json.dumps(measures()))
    if MPI.COMM_WORLD.rank == 0:
        assert all(text == told[0] for text in told)  # every rank knows the same
        sys.stdout.write(told[0])
