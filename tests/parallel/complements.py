"""What test_complement.py launches on several ranks: numbers of the spaces of errors that do not depend on who has which cells, as JSON."""

import json
import sys

import numpy as np
from mpi4py import MPI

from spinfem.algebra import complement
from spinfem.algebra.degrees import Degrees
from tests.parallel.assembly import problem_of

DEVICES = ("1d", "2d", "3d", "at an angle, tunnel contact", "mixing conductance")


def complement_of(problem):
    """(its Complement, its operator)."""
    matrix = problem.assemble()
    space = complement.Complement(problem.space, problem.constraints, matrix, problem.own_energies, problem.symmetric)
    return space, matrix


def load_of(problem):
    """A load at the owned nodes that depends on their places, (owned nodes, size of a block)."""
    return _smooth(problem.space, problem.space.dofmap.index_map.size_local)


def _smooth(space, nodes):
    x, y, z = space.tabulate_dof_coordinates()[:nodes].T
    return np.stack([np.sin(0.3 * x + 0.7 * y + 0.4 * z + k) for k in range(space.dofmap.bs)], axis=1)


def numbers(name):
    """Edges, the energy of the answer to a load and to the transposed operator, that of its edges and that of its cells; summed over all ranks."""
    problem = problem_of(name)
    space, _ = complement_of(problem)
    load = space.restricted(load_of(problem))
    answer, mirrored = (space.solve(load, transposed=transposed, steps=500) for transposed in (False, True))
    found, fields = space.nodal(answer), list(problem.layout.fields.values())
    values = problem.layout.blocks(_everywhere(problem, found))
    degrees, lower = _from_below(name, problem)
    nodes = lower.dofmap.index_map
    raised = degrees.up(_smooth(lower, nodes.size_local + nodes.num_ghosts))
    lowered = degrees.down(raised)
    local = (
        (raised**2).sum(), (lowered**2).sum(), len(space.ends), load @ answer, load @ mirrored, space.edge_products(found, found, fields).sum(), problem.cell_energies(values).sum()
    )  # fmt: skip
    return [problem.device.mesh.comm.allreduce(float(x), op=MPI.SUM) for x in local]


def _from_below(name, problem):
    """(Degrees from elements of one degree less on the same mesh, their space)."""
    lower = problem_of(name, problem.degree - 1).space
    return Degrees(lower, problem.space), lower


def _everywhere(problem, owned):
    from spinfem.postprocessing.functional import nodal_function

    return nodal_function(problem.space, owned).x.array


def main():
    complement._CLOSE = 1e-11
    told = {name: numbers(name) for name in DEVICES}
    if MPI.COMM_WORLD.rank == 0:
        sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
