"""The equations of a Problem whose spins take their time, C du/dt + A u = f, on the free unknowns; and Solutions of what solves them."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from spinfem.algebra.confined import Confined
from spinfem.algebra.solver import SolveReport
from spinfem.model.pumping import load
from spinfem.postprocessing.functional import nodal_function
from spinfem.postprocessing.weights import Weights
from spinfem.study.solution import Solution


@dataclass(frozen=True)
class Evolved(Solution):
    """A Solution among many of one Problem: what is linear is read by weights, functional -> Weights, which they share."""

    weights: dict = field(default_factory=dict)

    def read(self, functional):
        if not functional.linear or self.drive.pumping:  # weights know the solution alone, not what is pumped beside it
            return functional.value(self)
        if functional not in self.weights:
            self.weights[functional] = Weights.of(functional, self)
        weights = self.weights[functional]
        return functional.value(self) if weights is None else weights.value(self)


class Evolving:
    """Of a Problem of a Simulation. Vectors of unknowns hold this rank's free ones; their full form is what `ConstraintMap` makes of them and of what
    is given."""

    def __init__(self, simulation, problem):
        self.problem, self.constraints = problem, problem.constraints
        self.operator = simulation.operator(problem)
        self._capacity, self._weights = problem.capacity(), {}

    @cached_property
    def stiffness(self):
        """A, a PETSc matrix."""
        return self.operator.reduced

    @cached_property
    def capacity(self):
        """C, a PETSc matrix, s."""
        return self.capacity_in(1.0)

    def capacity_in(self, unit):
        """C, a PETSc matrix, counted in a unit of time of so many s."""
        return Confined(self._capacity, self.constraints, 1.0 / unit).as_matrix()

    def vector(self):
        """A PETSc vector of zeros."""
        return self.stiffness.createVecRight()

    def place(self, field):
        """Where a field's unknowns are in this rank's part of a vector."""
        own = self.constraints.fields[field].getIndices()
        return own - self.stiffness.getOwnershipRange()[0]

    def loads(self, drive):
        """(f of a Drive that stays as it is, what its rate of change adds for each 1/s): PETSc vectors."""
        loads, values = self.problem.loads(drive)
        force, of_rate = (self._of_given(matrix, values) for matrix in (self.operator.matrix, self._capacity))
        self.operator.add_loads(force, loads)
        if (pumped := load(self.problem, drive)) is not None:
            nodal, reduced = self.operator.matrix.createVecLeft(), self.vector()
            nodal.array[:] = np.ravel(pumped)
            self.constraints.free.multTranspose(nodal, reduced)
            force.axpy(1.0, reduced)
        return force, of_rate

    def _of_given(self, matrix, values):
        """- TᵀSG values."""
        full, product = matrix.createVecs()
        full.array[:] = self.constraints.given(values)
        matrix.mult(full, product)
        reduced = self.vector()
        self.constraints.free.multTranspose(product, reduced)
        reduced.scale(-1.0)
        return reduced

    def unknowns_of(self, solution):
        """The free unknowns of a Solution of the Problem, an array."""
        return self.operator.free_of(solution.potentials.x.array[: solution.reactions.size]).array_r.copy()

    def solution(self, unknowns, rates, drive, of_drive, residual) -> Solution:
        """The Solution of these unknowns and their rates (1/s), under a Drive which changes as `of_drive`, another Drive, says for each s. Collective."""
        problem = self.problem
        full, change = (
            self._full(part, problem.loads(given)[1]) for part, given in ((unknowns, drive), (rates, of_drive))
        )
        reaction, stored = full.duplicate(), full.duplicate()
        self.operator.matrix.mult(full, reaction)
        self._capacity.mult(change, stored)
        reaction.axpy(1.0, stored)
        if (pumped := load(problem, drive)) is not None:
            reaction.array[:] -= np.ravel(pumped)
        report = SolveReport(self.operator.solver.method, 0, residual, 0.0)
        rate = nodal_function(problem.space, change.array_r)
        return Evolved.of(problem, drive, full, reaction, report, rates=rate, weights=self._weights)

    def _full(self, unknowns, values):
        full, free = self.operator.matrix.createVecLeft(), self.vector()
        free.array[:] = unknowns
        full.array[:] = self.constraints.given(values)
        self.constraints.free.multAdd(free, full, full)
        return full
