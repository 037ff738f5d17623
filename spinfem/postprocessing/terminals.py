"""What the instruments at terminals show."""

from dataclasses import dataclass

import numpy as np
from mpi4py import MPI

from spinfem.algebra.nodes import nodes_on_facets
from spinfem.postprocessing.functional import Dual, Functional, on_nodes


@dataclass(frozen=True)
class TerminalReading:
    """What the instruments at a terminal show. Currents count positive into the device."""

    potential: float  # V
    spin_potential: np.ndarray  # V, shape (3,), averaged over the terminal's nodes
    current: float  # A
    spin_current: np.ndarray  # A, shape (3,); zero where spins are reflected
    power: float  # W: V I + v.I_s, node by node

    @classmethod
    def of(cls, numbers):
        """The reading of its nine numbers in this order."""
        potential, spin_potential, current, spin_current, power = np.split(np.asarray(numbers), (1, 4, 5, 8))
        return cls(*potential.tolist(), spin_potential, *current.tolist(), spin_current, *power.tolist())


@dataclass(frozen=True)
class AtTerminal(Functional):
    """The nine numbers of a TerminalReading: potential (V), spin potential (3), current (A), spin current (3), power (W)."""

    terminal: str

    def value(self, solution):
        r = solution.readings[self.terminal]
        return np.array([r.potential, *r.spin_potential, r.current, *r.spin_current, r.power])

    def noise(self, solution):
        readings = solution.readings.values()
        potential = max(abs(reading.potential) for reading in readings)
        power = sum(abs(reading.power) for reading in readings)
        return solution.noise * np.repeat([potential, solution.largest_current, power], (4, 4, 1))

    def dual(self, solution, weights):
        problem, layout = solution.problem, solution.layout
        nodes, weights = nodes_of_terminals(problem)[self.terminal], np.asarray(weights)
        count = solution.comm.allreduce(len(nodes))
        through = layout.of_vectors(weights[4], weights[5:8] if takes_spins(problem, self.terminal) else np.zeros(3))
        values = solution.nodal_values[: len(solution.reactions)][nodes]
        return Dual(
            potentials=on_nodes(
                solution,
                nodes,
                layout.of_vectors(weights[0], weights[1:4]) / count + weights[8] * solution.reactions[nodes],
            ),
            reactions=on_nodes(solution, nodes, through + weights[8] * values),
        )


def read_terminals(problem, potentials, reactions):
    """name -> TerminalReading, the same on every rank. Collective."""
    comm, layout, readings = problem.device.mesh.comm, problem.layout, {}
    values = layout.blocks(potentials.x.array)[: len(reactions)]
    for name, nodes in nodes_of_terminals(problem).items():
        count = comm.allreduce(len(nodes))
        mean = comm.allreduce(values[nodes].sum(axis=0), op=MPI.SUM) / count
        through = comm.allreduce(reactions[nodes].sum(axis=0), op=MPI.SUM)
        if not takes_spins(
            problem, name
        ):  # what is left at nodes of a magnet is its torque (`spinfem.postprocessing.torque`)
            through[layout.fields[layout.SPIN]] = 0.0
        power = comm.allreduce(float(np.sum(values[nodes] * reactions[nodes])), op=MPI.SUM)
        parts = (layout.charge(mean), *layout.spin_vectors(mean), layout.charge(through), *layout.spin_vectors(through))
        readings[name] = TerminalReading.of((*parts, power))
    return readings


def takes_spins(problem, terminal):
    """Do spins enter or leave through a terminal?"""
    return problem.terminals[terminal].spin != "reflecting"


def nodes_of_terminals(problem):
    """name -> owned nodes; a node that two of them share counts for the first, as in the constraints. Collective."""
    owned = problem.space.dofmap.index_map.size_local
    found, free = {}, np.ones(owned, dtype=bool)
    for name in problem.terminals:
        found[name] = np.flatnonzero(nodes_on_facets(problem.space, problem.device.facets_of(name))[:owned] & free)
        free[found[name]] = False
    return found
