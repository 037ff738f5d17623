"""One solved state: potentials at every node, and the reactions that give every current.

Currents are reactions of the full operator, summed over nodes: they are conservative to solver tolerance on any mesh
(consistent fluxes; Gresho et al., Int. J. Numer. Methods Fluids 7, 1111 (1987)).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import basix.ufl
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.algebra.solver import SolveReport
from spinfem.compat import interpolation_points
from spinfem.geometry.device import Device
from spinfem.model.bulk import spin_current_density
from spinfem.model.drive import Drive
from spinfem.model.layout import Layout
from spinfem.model.potentials import Potentials
from spinfem.model.problem import Problem
from spinfem.postprocessing import stream
from spinfem.postprocessing.bulk import power_parts
from spinfem.postprocessing.functional import nodal_function, through_region
from spinfem.postprocessing.point_evaluation import sample
from spinfem.postprocessing.terminals import TerminalReading, read_terminals, taken_by_leads
from spinfem.study.quantities import Quantities

_ROUNDING, SEVERAL = 1e-14, 100.0  # sums over many nodes; how far what is left may be from the norms that are known


@dataclass(frozen=True)
class Solution(Quantities):
    """phi (V) and v (V) of a Problem under a Drive. Spin vectors are reported with three components.

    `readings` can be looked at by any rank alone; every method is collective.
    """

    problem: Problem
    drive: Drive
    potentials: fem.Function  # in blocks as the problem's Layout says
    reactions: np.ndarray  # (owned nodes, size of a block), in A
    readings: dict[str, TerminalReading]
    report: SolveReport
    # Of the potentials, V/s, where they change in time: reactions then hold what the device stores.
    rates: fem.Function | None = None
    origin: Any = None  # the linear Solution of which it is the second order (`spinfem.study.heated`)

    @classmethod
    def of(cls, problem, drive, full, entering, report, **more):
        """Of PETSc vectors over the full unknowns: potentials, V, and what enters at each node from outside, A/`problem.siemens`. Collective."""
        potentials = nodal_function(problem.space, full.array_r)
        reactions = problem.layout.blocks(entering.array_r) * problem.siemens
        readings = read_terminals(problem, potentials, reactions, drive)
        return cls(problem, drive, potentials, reactions, readings, report, **more)

    @property
    def comm(self) -> MPI.Comm:
        return self.problem.device.mesh.comm

    @property
    def device(self) -> Device:
        return self.problem.device

    @property
    def layout(self) -> Layout:
        return self.problem.layout

    @cached_property
    def split(self) -> Potentials:
        """The Potentials, for forms."""
        return self.layout.split(self.potentials)

    @property
    def nodal_values(self) -> np.ndarray:
        """The potentials at this rank's nodes, ghosts last, in blocks: (nodes, size of a block), V."""
        return self.layout.blocks(self.potentials.x.array)

    @cached_property
    def entering(self) -> np.ndarray:
        """What enters at each node, (owned nodes, size of a block), A: the reactions less what leads take. Collective."""
        return self.reactions - sum(taken_by_leads(self.problem, self.potentials, self.drive).values())

    @property
    def density_unit(self) -> float:
        """A/m^2 for each unit of the model's current densities."""
        return self.problem.siemens / self.device.area_unit

    @property
    def largest_current(self) -> float:
        """The largest current at a terminal, of charge, of spin or of a scalar, A."""
        return max(reading.largest_current(self.layout) for reading in self.readings.values())

    @property
    def conservation_defect(self) -> float:
        """|sum of all terminal currents| / largest terminal current, of charge or of spin."""
        total = sum(reading.current for reading in self.readings.values())
        return abs(total) / self.largest_current if self.largest_current else 0.0

    @property
    def noise(self) -> float:
        """What the solver leaves of a number that is zero, relative to the largest one of its kind."""
        return SEVERAL * max(_ROUNDING, self.report.residual, self.conservation_defect)

    @property
    def rounding(self) -> float:
        """The part of `noise` that no solver makes smaller."""
        return SEVERAL * _ROUNDING

    def read(self, functional):
        return functional.value(self)

    def largest_potential(self) -> float:
        """The largest |phi| or |v_a| anywhere, V. Collective."""
        return self.comm.allreduce(float(np.abs(self.potentials.x.array).max(initial=0.0)), op=MPI.MAX)

    @cached_property
    def stream(self):
        """The stream function of the charge current, A/m, in 2D; see `spinfem.postprocessing.stream`."""
        return stream.stream_function(self)

    def spin_currents_at(self, points, direction, region=None) -> np.ndarray:
        """Spin current density along `direction` (a unit vector of space), A/m^2, shape (k, 3), at points as in `at`."""
        problem, mesh = self.problem, self.device.mesh
        tdim = mesh.topology.dim
        along = ufl.as_vector([float(component) for component in direction[:tdim]])
        flux = ufl.dot(spin_current_density(self.split, problem.coefficients), along)
        element = basix.ufl.element("DG", mesh.basix_cell(), problem.degree, shape=(self.layout.n_spin,))
        function = fem.Function(fem.functionspace(mesh, element))
        with compiling(self.comm):
            function.interpolate(fem.Expression(flux, interpolation_points(function.function_space)))
        return sample(self.device, function, points, region) * self.density_unit @ problem.basis

    def regional_reactions(self, region) -> np.ndarray:
        """Reactions of the cells of one region alone, (owned nodes, size of a block), in A."""
        return through_region(self.problem, region, self.potentials, self.rates) * self.problem.siemens

    def power_names(self) -> tuple[str, ...]:
        return tuple(power_parts(self))
