"""Devices in which not everything is linear in the potentials (contacts, drift of carriers): Newton's method over the linear solver."""

import numpy as np
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.model.linear_form import assembled
from spinfem.postprocessing.functional import nodal_function

_STEPS = 40
_SETTLED = 1e-9  # of the largest potential: the next step, which Newton's method squares, is rounding
_ROUNDING = 1e-6  # changes below it that no longer get smaller are rounding of the linear solver, where good and bad conductors meet


def operating_point(simulation, problem, drive, start=None):
    """(the Problem at the state that a Drive leads to, the load that belongs to it, (owned nodes, size of a block)). Raises SolveError. Collective.

    start: a state to begin with, (owned nodes * size); default: zero, where contacts are those of small voltages and nothing drifts.
    """
    state = nodal_function(problem.space, np.zeros(_owned(problem)) if start is None else start)
    changes = []
    for _ in range(_STEPS):
        here = problem.at(state)
        load = assembled(here, here.offset())
        simulation.progress(f"solving for what is not linear, step {len(changes) + 1}")
        with simulation.solving(), simulation.passing_problem(here) as operator:
            full, _, _ = operator.solve(*here.loads(drive), nodal=load, start=state.x.array[: _owned(problem)])
        reached = nodal_function(problem.space, full.array)
        change, size = (_largest(simulation.comm, f) for f in (reached.x.array - state.x.array, reached.x.array))
        changes.append(change / size if size else 0.0)
        state = reached
        if not np.isfinite(size):
            break
        if settled(changes):
            here = problem.at(state)
            return here, assembled(here, here.offset())
    raise SolveError(
        f"the potentials do not settle, for the device is not linear: after {len(changes)} steps they still change by {changes[-1]:.1e} of the largest; "
        "a smaller drive does",
        changes,
    )


def settled(changes):
    """Does another step make nothing better? changes: of the potentials in each step, relative."""
    now, before = changes[-1], min(changes[:-1], default=np.inf)
    return now <= _SETTLED or before / 2 < now <= _ROUNDING


def _owned(problem):
    return problem.space.dofmap.index_map.size_local * problem.layout.size


def _largest(comm, values):
    return comm.allreduce(float(np.abs(values).max(initial=0.0)), op=MPI.MAX)
