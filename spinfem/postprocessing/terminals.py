"""What the instruments at terminals show."""

from dataclasses import dataclass

import numpy as np
from dolfinx import fem
from mpi4py import MPI

from spinfem.postprocessing.functional import Dual, Functional, assembled, on_nodes


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
        numbers = np.asarray(numbers)
        potential, *_, power = plain = numbers.tolist()
        return cls(potential, numbers[1:4], plain[4], numbers[5:8], power)


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
        problem, layout, weights = solution.problem, solution.layout, np.asarray(weights)
        nodes = problem.terminal_nodes[self.terminal]
        count = solution.comm.allreduce(len(nodes))
        values = solution.nodal_values[: len(solution.reactions)][nodes]
        means = layout.of_vectors(weights[0], weights[1:4]) / count
        through = layout.of_vectors(weights[4], weights[5:8])
        of_reactions = through if problem.terminals[self.terminal].spin.holds else through * layout.unit(layout.CHARGE)
        return Dual(
            potentials=on_nodes(solution, nodes, means + weights[8] * solution.reactions[nodes]),
            reactions=on_nodes(solution, nodes, of_reactions + weights[8] * values),
            forms=tuple(self._of_leads(solution, through, weights[8])),
        )

    def _of_leads(self, solution, through, power):
        """(Factor, form) of what leads take, in currents with weights `through`, (size,), and in the power."""
        problem, u = solution.problem, solution.potentials
        along = fem.Constant(solution.device.mesh, through)
        for key, lead in problem.leads.items():
            if key[0] == self.terminal:
                seen = seen_by(problem, key, u, solution.drive)
                yield -problem.siemens, lead.between(seen, along)
                yield -problem.siemens * power, lead.between(seen, u)


def read_terminals(problem, potentials, reactions, drive):
    """name -> TerminalReading, the same on every rank. Collective."""
    comm, layout, readings = problem.device.mesh.comm, problem.layout, {}
    values, taken = layout.blocks(potentials.x.array)[: len(reactions)], taken_by_leads(problem, potentials, drive)
    for name, nodes in problem.terminal_nodes.items():
        count = comm.allreduce(len(nodes))
        mean = comm.allreduce(values[nodes].sum(axis=0), op=MPI.SUM) / count
        through = comm.allreduce(reactions[nodes].sum(axis=0), op=MPI.SUM)
        if not problem.terminals[
            name
        ].spin.holds:  # what is left at nodes of a magnet is its torque (`spinfem.postprocessing.torque`)
            through[layout.fields[layout.SPIN]] = 0.0
        power = float(np.sum(values[nodes] * reactions[nodes]))
        if name in taken:
            through -= comm.allreduce(taken[name].sum(axis=0), op=MPI.SUM)
            power -= float(np.sum(values * taken[name]))
        parts = (layout.charge(mean), *layout.spin_vectors(mean), layout.charge(through), *layout.spin_vectors(through))
        readings[name] = TerminalReading.of((*parts, comm.allreduce(power, op=MPI.SUM)))
    return readings


def taken_by_leads(problem, potentials, drive):
    """terminal -> what leads take at each node, (owned nodes, size of a block), in A; those of charge as if they began at zero: what comes from their
    far ends is in the reactions. Collective."""
    taken = {}
    for key, lead in problem.leads.items():
        nodal = assembled(problem, lead.at(seen_by(problem, key, potentials, drive))) * problem.siemens
        taken[key[0]] = taken.get(key[0], 0.0) + nodal
    return taken


def seen_by(problem, key, u, drive):
    """The potentials u as a lead sees them: less those behind the contact of a magnet that pumps."""
    terminal, *spin = key
    return u - problem.far_end(key, drive) if spin and terminal in drive.pumping else u
