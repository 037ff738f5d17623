"""Where spins and power go in the bulk, at interfaces and in leads."""

from dataclasses import dataclass

import numpy as np
import ufl
from dolfinx import fem

from spinfem.model.bulk import given_to_lattice, powers
from spinfem.model.pumping import shifts
from spinfem.postprocessing.functional import Dual, Functional, integral

LEAD = "lead"  # what the names of powers in leads begin with


@dataclass(frozen=True)
class Relaxed(Functional):
    """Spin current that relaxes in the bulk and goes to the lattice, A, shape (3,)."""

    linear = True

    def value(self, solution):
        total = [integral(solution, _lost(solution, unit)) for unit in np.eye(solution.layout.n_spin)]
        return solution.problem.siemens * np.array(total) @ solution.problem.basis

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def dual(self, solution, weights):
        return Dual(forms=((solution.problem.siemens, _lost(solution, solution.problem.basis @ weights)),))


@dataclass(frozen=True)
class Power(Functional):
    """Where the power goes, W, shape (k,): what each kind of term turns into heat, each interface and lead. `power_parts` has their names."""

    def value(self, solution):
        parts = power_parts(solution).values()
        return solution.problem.siemens * np.array([integral(solution, part) for part in parts])

    def noise(self, solution):
        return solution.noise * sum(abs(reading.power) for reading in solution.readings.values())

    def beyond_linear(self, with_error):
        solution, change = with_error()
        # Squares: where nothing but them is left, as of Joule's heat under a current, the dual sees nothing.
        squares = _parts(solution, change, {}, lambda key: 0.0 * change).values()
        return solution.problem.siemens * np.array([integral(solution, part) for part in squares])

    def dual(self, solution, weights):
        parts = zip(weights, power_parts(solution).values(), strict=True)
        return Dual(forms=tuple((weight * solution.problem.siemens, part) for weight, part in parts if weight))


@dataclass(frozen=True)
class Pumped(Functional):
    """The power that ferromagnets spend on spins which they pump through interfaces, W, shape (1,)."""

    def value(self, solution):
        return np.array([sum(integral(solution, form) for form in _pumped(solution)) * solution.problem.siemens])

    def noise(self, solution):
        return solution.noise * np.abs(Power().value(solution)).sum()

    def dual(self, solution, weights):
        return Dual(forms=tuple((weights[0] * solution.problem.siemens, form) for form in _pumped(solution)))


def _pumped(solution):
    problem, u = solution.problem, solution.potentials
    return [problem.interfaces[n].between(u + w, w) for n, w in shifts(problem, solution.drive.pumping).items()]


def power_parts(solution):
    """Name -> form whose value is a power in the scaled unit: transport (Joule heat of charge and spin currents), spin relaxation, each interface,
    each lead."""
    problem, drive = solution.problem, solution.drive
    return _parts(
        solution, solution.potentials, shifts(problem, drive.pumping), lambda key: problem.far_end(key, drive)
    )


def _parts(solution, u, pumped, far_end):
    """As `power_parts`, of potentials u with the shifts `pumped` at interfaces, by name, and `far_end(key)` behind leads."""
    problem, layout = solution.problem, solution.layout
    factors = 2 if problem.point is None else 3  # products of two potentials, and of a state besides
    dx = ufl.Measure("dx", domain=solution.device.mesh, metadata={"quadrature_degree": factors * problem.degree})
    in_bulk = {name: power * dx for name, power in powers(layout.split(u), problem.coefficients).items()}
    working = layout.working
    for name, coupling in problem.interfaces.items():
        across = u + pumped[name] if name in pumped else u
        in_bulk[f"interface {name}"] = coupling.between(across, working(across))
    for key, lead in problem.leads.items():
        if lead.of_electrons:
            across = u - far_end(key)
            in_bulk[" ".join((LEAD, *key))] = lead.between(across, working(across))
    return in_bulk


def _lost(solution, direction):
    """The integral of what goes to the lattice, along a direction of the spin basis."""
    along = fem.Constant(solution.device.mesh, np.asarray(direction, dtype=float))
    return ufl.inner(along, given_to_lattice(solution.split, solution.problem.coefficients)) * ufl.dx
