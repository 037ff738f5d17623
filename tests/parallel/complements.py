"""What test_complement.py launches on several ranks: numbers of the spaces of errors that do not depend on who has which cells, as JSON."""

import json
import sys

import numpy as np
from dolfinx import la
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
    return _smooth(problem.space)


def _smooth(space):
    # Where a space is broken, its owner may have no cell at a node, and not know its place: ranks that have one tell.
    owned, every = space.dofmap.index_map.size_local, space.dofmap.index_map
    here = np.unique(space.dofmap.list)
    told = la.vector(every, 4)
    places = told.array.reshape(-1, 4)
    places[:] = 0.0
    places[here] = np.column_stack([space.tabulate_dof_coordinates()[here], np.ones(len(here))])
    told.scatter_reverse(la.InsertMode.add)
    x, y, z, count = places[:owned].T
    return np.stack([np.sin((0.3 * x + 0.7 * y + 0.4 * z) / count + k) for k in range(space.dofmap.bs)], axis=1)


def numbers(name):
    """Edges, the energy of the answer to a load and to the transposed operator, that of its edges and that of its cells; summed over all ranks."""
    problem = problem_of(name)
    space, _ = complement_of(problem)
    load = space.restricted(load_of(problem).ravel())
    answer, mirrored = (space.solve(load[:, None], transposed=t, steps=500)[:, 0] for t in (False, True))
    found, fields = space.nodal(answer), list(problem.layout.fields.values())
    values = problem.layout.blocks(_everywhere(problem, found))
    degrees, lower = _from_below(name, problem)
    raised = degrees.up(_smooth(lower))
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
