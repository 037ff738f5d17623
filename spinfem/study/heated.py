"""Solutions beyond linear order in what drives the device, from the linear operator alone (`spinfem.model.heating`)."""

from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.model.drive import Drive
from spinfem.model.heating import heating
from spinfem.model.linear_form import assembled
from spinfem.model.pumping import load as pumped_load
from spinfem.study.solution import Solution

_TINY, _LOST = 1e-9, 1e6  # K: less is no change at all; more is not about to settle


@dataclass(frozen=True)
class Heated:
    """A Solution with Joule heat and everything that follows from it. change: of the temperature in the last step, relative to its largest difference
    from T_0; steps: how many solutions it took."""

    solution: Solution
    change: float
    steps: int


def second_order(simulation, solution) -> Solution:
    """u_2 of u = I u_1 + I^2 u_2 + ..., with the linear `solution` u_1: exact, by one more load. Collective.

    Where a terminal's current or temperature is given, this changes nothing there.
    """
    return replace(_answer(simulation, solution.problem, Drive(), _load(solution)), origin=solution)


def heated(simulation, solution) -> Heated:
    """The state at finite drive, to which the linear `solution` leads: A u = f + b(u, u) by repeated substitution. Raises SolveError where that does
    not settle. Collective."""
    given, scalar = simulation.case.heat, solution.layout.scalar("T")
    state, history = solution, []
    for step in range(1, given.max_iterations + 1):
        previous = _temperatures(state)
        state = _answer(simulation, solution.problem, solution.drive, _load(state), start=state.potentials)
        temperatures = _temperatures(state)
        change, size = (
            simulation.comm.allreduce(float(np.abs(values).max(initial=0.0)), op=MPI.MAX)
            for values in (temperatures - previous, temperatures)
        )
        history.append(change / size if size else 0.0)
        if not scalar.per_volt * change < _LOST:
            break
        if history[-1] <= given.tolerance or scalar.per_volt * change < _TINY:
            return Heated(state, history[-1], step)
    raise SolveError(
        f"the temperature does not settle: after {len(history)} solutions it still changes by {history[-1]:.1e} of its largest difference from "
        f"{scalar.reference:g} K (heat.tolerance asks for {given.tolerance:.0e}); a smaller current does, or a better bath",
        history,
    )


def _temperatures(solution):
    return solution.nodal_values[:, solution.layout.fields["T"].start]


def _load(solution):
    return assembled(solution.problem, heating(solution.problem, solution.potentials, solution.drive.pumping))


def _answer(simulation, problem, drive, load, start=None):
    """The Solution for a load at nodes besides what a Drive gives; its reactions are what enters from outside."""
    operator = simulation.operator(problem)
    if (pumped := pumped_load(problem, drive)) is not None:
        load = load + pumped
    simulation.progress("solving with Joule heat")
    begin = None if start is None else start.x.array[: load.size]
    with simulation.solving():
        full, reaction, report = operator.solve(*problem.loads(drive), nodal=load, start=begin)
    reaction.array[:] -= np.ravel(load)
    simulation.solves.loaded.append(report)
    return Solution.of(problem, drive, full, reaction, report)
