"""Numbers that are read off a solution, and how each of them changes: its value and its dual.

A number J depends on the potentials u, and where it counts currents also on the operator and its parameters p. However it is
measured, its change at a solution is

    dJ = l.du + r.d(A u) + sum_k r_k.d(A_k u) + sum_F c_F dF,

with l the weights of nodal potentials, r those of the reactions of the whole operator A, r_k those of the reactions of region k's cells alone, and F forms
of the potentials. `spinfem.study.sensitivity` makes of this, and of one adjoint solution, the derivative by every parameter; an error estimate
needs the same dual.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.model.linear_form import assembled

ROUGH = 2.5  # of currents through planes and of values at points, whose duals jump or are infinite there; measured: docs/accuracy.md


@dataclass(frozen=True)
class Dual:
    """How a number changes at a solution. Arrays have shape (owned nodes, size of a block); 0 where there is no such part."""

    potentials: Any = 0.0  # l, [J]/V
    reactions: Any = 0.0  # r, [J]/A
    regional: dict[str, Any] = field(default_factory=dict)  # region k -> r_k, [J]/A
    forms: tuple[tuple[float, ufl.Form], ...] = ()  # (c_F, F), F of `solution.potentials`

    @property
    def vanishes(self) -> bool:
        """Has it no weights on this rank?"""
        arrays = (self.potentials, self.reactions, *self.regional.values())
        return not self.forms and not any(np.any(array) for array in arrays)

    def __add__(self, other):
        regions = self.regional.keys() | other.regional.keys()
        return Dual(
            self.potentials + other.potentials,
            self.reactions + other.reactions,
            {name: self.regional.get(name, 0.0) + other.regional.get(name, 0.0) for name in sorted(regions)},
            self.forms + other.forms,
        )


class Functional:
    """Something to be read off a Solution. Subclasses are frozen dataclasses: what they are told is what they are compared by."""

    linear: ClassVar[bool] = False
    """Is it linear in the potentials, their rates and the reactions?"""

    roughness: ClassVar[float] = 1.0
    """How much more of what cancels between nodes is left over than of a number with a dual of finite energy."""

    def value(self, solution) -> np.ndarray:
        """The numbers, an array of any shape, the same on every rank. Collective."""
        raise NotImplementedError

    def noise(self, solution) -> np.ndarray | float:
        """What the solver leaves of each number if it is zero; an array that broadcasts to `value`. Collective."""
        raise NotImplementedError

    def beyond_linear(self, with_error) -> np.ndarray | float:
        """What the numbers change by beyond their duals, as the error is added to the potentials: an array that broadcasts to `value`; 0 where that is nothing,
        or small beside what the duals say. with_error() finds (a Solution, its error, a Function), for those that ask. Collective."""
        return 0.0

    def in_finer_elements(self, solution, lifted) -> np.ndarray | float:
        """What the numbers change by as the same potentials are looked at as `lifted`, a Solution of elements of one degree more: an array that
        broadcasts to `value`; 0 where that is nothing. Collective."""
        return 0.0

    def dual(self, solution, weights) -> Dual:
        """The Dual of sum(weights * value); weights: an array like `value`. Collective."""
        raise NotImplementedError


def gradient_by_potentials(solution, dual) -> np.ndarray:
    """dJ/du with everything in it but what depends on u through the whole operator (`dual.reactions`), (owned nodes, size), [J]/V. Collective."""
    problem, shape = solution.problem, solution.reactions.shape
    total = np.zeros(shape) + dual.potentials
    test = ufl.TestFunction(problem.space)
    for region, weights in dual.regional.items():
        weighted = nodal_function(problem.space, weights)
        total += problem.siemens * through_region(problem, region, weighted, transposed=True)
    for factor, form in dual.forms:
        total += factor * assembled(problem, ufl.derivative(form, solution.potentials, test))
    return total


def through_region(problem, region, function, rates=None, transposed=False) -> np.ndarray:
    """What flows in the bulk of one region's cells alone in the state of a Function, and what they store times its rates, if it has any; or the
    transpose of its derivative at the problem's `point` times a Function: (owned nodes, size of a block). Collective."""
    if rates is not None:
        stored = problem.capacity_of(region).times(rates.x.array)
        return stored + through_region(problem, region, function, transposed=transposed)
    if operator := problem.region_operator(region):
        return operator.times(function.x.array, transposed)
    bulk = problem.bulk
    with problem.region_alone(region):
        return assembled(problem, ufl.action(ufl.adjoint(bulk.form), function) if transposed else bulk.at(function))


def nodal_function(space, owned_blocks) -> fem.Function:
    """The Function with these values, (owned nodes, size of a block), at its nodes. Collective."""
    function = fem.Function(space)
    function.x.array[: np.size(owned_blocks)] = np.ravel(owned_blocks)
    function.x.scatter_forward()
    return function


def on_nodes(solution, nodes, blocks) -> np.ndarray:
    """An array (owned nodes, size of a block) that is `blocks` at `nodes` and zero elsewhere."""
    array = np.zeros(solution.reactions.shape)
    array[nodes] = blocks
    return array


def integral(solution, form) -> float:
    """The value of a form without arguments, over all ranks."""
    with compiling(solution.comm):
        compiled = fem.form(form)
    return solution.comm.allreduce(fem.assemble_scalar(compiled), op=MPI.SUM)
