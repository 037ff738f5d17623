"""The conductance matrix of a device: one operator, one unit drive for each potential of each terminal."""

import numpy as np

from spinfem.model.drive import Drive


def conductances(simulation, terminals, magnetizations=None, axes=None, remember=True):
    """(spin axes of each of the `terminals`, by name, (k, 3); the matrix between them, S, of numbers or of variables, in the order of a LumpedElement), of a
    Simulation's device. Collective.

    Each of them is held at a potential and a spin potential; the other terminals of the case keep their condition, driven by nothing. The spin
    axes of each terminal are those that it can feel, or `axes`. magnetizations, remember: as in `Simulation.solution`.
    """
    terminals = tuple(terminals)
    problem = simulation.problem(magnetizations, held=terminals)
    axes = axes or {name: problem.held_spin_axes(name) for name in terminals}
    drives = [Drive(voltages={name: 1.0}) for name in terminals]
    drives += [Drive(spin_potentials={name: axis}) for name in terminals for axis in axes[name]]
    solved = (simulation.solution(magnetizations, drive, held=terminals, remember=remember) for drive in drives)
    return axes, np.array([_currents(solution, axes) for solution in solved]).T


def _currents(solution, axes):
    """Charge currents, then spin currents along the axes of each terminal, A."""
    found = {name: solution.currents_at_held(name) for name in axes}
    charge = [current for current, _ in found.values()]
    return np.concatenate([charge, *(axes[name] @ spin for name, (_, spin) in found.items())])
