"""The equations of one field alone, the others being as they are."""

from petsc4py import PETSc

from spinfem.algebra.preconditioners import Factors
from spinfem.algebra.solver import SolveError


def follow(operator, name, unknowns, load) -> None:
    """Put into a vector over the free unknowns of a ReducedOperator those of one field that a load of all makes, the other fields being as they are.
    Raises SolveError."""
    place = operator.constraints.fields.get(name)
    if place is None or not place.getSize():
        return
    rest, step = operator.blocks[name, name].createVecs()
    left = unknowns.duplicate()
    operator.reduced.mult(unknowns, left)
    left.aypx(-1.0, load)
    own = left.getSubVector(place)
    own.copy(rest)
    left.restoreSubVector(place, own)
    krylov = _solver(operator, name)
    krylov.solve(rest, step)
    if krylov.getConvergedReason() < 0:
        raise SolveError(f"the linear solver of {name} alone stopped at {krylov.getResidualNorm():.1e}", [])
    own = unknowns.getSubVector(place)
    own.axpy(1.0, step)
    unknowns.restoreSubVector(place, own)


def _solver(operator, name):
    block = operator.blocks[name, name]
    krylov = PETSc.KSP().create(block.comm)
    krylov.setOperators(block)
    krylov.setType("cg" if operator.symmetric else "gmres")
    krylov.setTolerances(rtol=operator.tolerance, atol=0.0, max_it=operator.most)
    krylov.getPC().setType("python")
    krylov.getPC().setPythonContext(_By(operator.inner.get(name) or Factors(block, operator.symmetric)))
    return krylov


class _By:
    """The context of a preconditioner by one of `preconditioners`."""

    def __init__(self, inner):
        self._inner = inner

    def apply(self, preconditioner, b, x):
        """x = about A⁻¹ b."""
        self._inner.apply(b, x)
