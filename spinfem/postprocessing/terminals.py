"""What the instruments at terminals show."""

from dataclasses import dataclass, field

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.nodes import cells_beside, one_sided
from spinfem.model.constraints import charge_column, spin_column
from spinfem.model.linear_form import assembled
from spinfem.postprocessing.functional import Dual, Functional, on_nodes


@dataclass(frozen=True)
class TerminalReading:
    """What the instruments at a terminal show. Currents count positive into the device."""

    potential: float  # V
    spin_potential: np.ndarray  # V, shape (3,), averaged over the terminal's area
    current: float  # A
    spin_current: np.ndarray  # A, shape (3,); zero where spins are reflected
    power: float  # W: V I + v.I_s, node by node
    scalars: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # field -> (its mean, counted from its reference, what flows into the device), in its units

    @classmethod
    def of(cls, numbers, layout):
        """The reading of its numbers in this order: nine, and two for each scalar of a Layout."""
        numbers = np.asarray(numbers)
        plain = numbers.tolist()
        scalars = {scalar.name: tuple(plain[9 + 2 * k : 11 + 2 * k]) for k, scalar in enumerate(layout.scalars)}
        return cls(plain[0], numbers[1:4], plain[4], numbers[5:8], plain[8], scalars)

    def largest_current(self, layout) -> float:
        """That of charge, of a spin component or of a scalar, A in the operator."""
        flows = [abs(self.scalars[scalar.name][1]) / scalar.per_ampere for scalar in layout.scalars]
        return max(abs(self.current), float(np.abs(self.spin_current).max()), *flows)


@dataclass(frozen=True)
class AtTerminal(Functional):
    """The numbers of a TerminalReading: potential (V), spin potential (3), current (A), spin current (3), power (W), each scalar and its flow."""

    terminal: str

    def value(self, solution):
        r = solution.readings[self.terminal]
        further = (number for scalar in r.scalars.values() for number in scalar)
        return np.array([r.potential, *r.spin_potential, r.current, *r.spin_current, r.power, *further])

    def noise(self, solution):
        readings = solution.readings.values()
        potential = max(abs(reading.potential) for reading in readings)
        power = sum(abs(reading.power) for reading in readings)
        plain = solution.noise * np.repeat([potential, solution.largest_current, power], (4, 4, 1))
        return np.append(
            plain, [solution.noise * size for s in solution.layout.scalars for size in self._sizes(solution, s)]
        )

    def _sizes(self, solution, scalar):
        """The largest of a scalar and of its flow at terminals."""
        values, flows = zip(*(reading.scalars[scalar.name] for reading in solution.readings.values()), strict=True)
        return max(map(abs, values)), max(map(abs, flows))

    def dual(self, solution, weights):
        problem, layout, weights = solution.problem, solution.layout, np.asarray(weights)
        nodes = problem.terminal_nodes[self.terminal]
        values = solution.nodal_values[: len(solution.reactions)][nodes]
        units = np.array([(s.per_volt, s.per_ampere) for s in layout.scalars]).reshape(-1, 2)
        of_values, of_flows = (weights[9:].reshape(-1, 2) * units).T
        means = np.outer(_shares(problem)[self.terminal], layout.of_numbers(np.append(weights[:4], of_values)))
        through = layout.of_numbers(np.append(weights[4:8], of_flows))
        of_reactions = through
        if not problem.terminals[self.terminal].spin.holds:
            of_reactions = through - layout.of_spins(layout.spin(through))
        return Dual(
            potentials=means + on_nodes(solution, nodes, weights[8] * layout.electric_part(solution.reactions[nodes])),
            reactions=on_nodes(solution, nodes, of_reactions + weights[8] * layout.electric_part(values)),
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
                yield -problem.siemens * power, lead.between(seen, solution.layout.working(u))


@dataclass(frozen=True)
class AtHeldTerminal(Functional):
    """I and Is (x, y, z) that do work on the given potentials of a terminal, A, shape (4,), positive into the device.

    They are the reactions through the same map that the potentials were given by. At nodes of a strong ferromagnet only spins along m
    count, what crosses m is torque on the magnet; so the power is V I + v.Is, and the matrix of a symmetric operator is symmetric.
    """

    linear = True
    terminal: str

    def value(self, solution):
        currents = solution.comm.allreduce(self._columns(solution).T @ solution.reactions.ravel(), op=MPI.SUM)
        return np.array([solution.layout.charge(currents), *solution.layout.spin_vectors(currents)])

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def dual(self, solution, weights):
        layout = solution.layout
        block = layout.electric(layout.of_numbers(np.append(weights, np.zeros(len(layout.scalars)))))
        return Dual(reactions=(self._columns(solution) @ block).reshape(solution.reactions.shape))

    def _columns(self, solution):
        """Of charge and of each spin of the basis: where it is given, (owned unknowns, 1 + n), sparse."""
        given = solution.problem.constraints
        names = [charge_column(self.terminal), *(spin_column(self.terminal, k) for k in range(solution.layout.n_spin))]
        return given.prescribed[:, [given.prescribed_columns[name] for name in names]]


def read_terminals(problem, potentials, reactions, drive):
    """name -> TerminalReading, the same on every rank. Collective."""
    comm, layout, readings = problem.device.mesh.comm, problem.layout, {}
    values, taken = layout.blocks(potentials.x.array)[: len(reactions)], taken_by_leads(problem, potentials, drive)
    for name, nodes in problem.terminal_nodes.items():
        mean = comm.allreduce(_shares(problem)[name] @ values, op=MPI.SUM)
        through = comm.allreduce(reactions[nodes].sum(axis=0), op=MPI.SUM)
        if not problem.terminals[
            name
        ].spin.holds:  # what is left at nodes of a magnet is its torque (`spinfem.postprocessing.torque`)
            through[layout.fields[layout.SPIN]] = 0.0
        power = float(np.sum(layout.electric(values[nodes]) * layout.electric(reactions[nodes])))
        if name in taken:
            through -= comm.allreduce(taken[name].sum(axis=0), op=MPI.SUM)
            power -= float(np.sum(layout.electric(values) * layout.electric(taken[name])))
        parts = (layout.charge(mean), *layout.spin_vectors(mean), layout.charge(through), *layout.spin_vectors(through))
        further = zip(layout.scalars, layout.further(mean), layout.further(through), strict=True)
        pairs = [number for s, value, flow in further for number in (s.per_volt * value, s.per_ampere * flow)]
        readings[name] = TerminalReading.of((*parts, comm.allreduce(power, op=MPI.SUM), *pairs), layout)
    return readings


def _shares(problem):
    """terminal -> how much each node counts in means over its area, (owned nodes,). Collective."""
    size = problem.layout.size
    return problem.discretisation.kept("terminal shares", size, lambda: _integrated(problem))


def _integrated(problem):
    device, found = problem.device, {}
    mesh, cells = device.mesh, device.mesh.topology.index_map(device.mesh.topology.dim)
    seen = ufl.inner(fem.Constant(mesh, np.eye(problem.layout.size)[0]), ufl.TestFunction(problem.space))
    owned = np.arange(cells.size_local + cells.num_ghosts) < cells.size_local
    for name in problem.terminals:
        areas = assembled(problem, seen * one_sided(mesh, cells_beside(mesh, device.facets_of(name), owned)))[:, 0]
        found[name] = areas / mesh.comm.allreduce(float(areas.sum()), op=MPI.SUM)
    return found


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
