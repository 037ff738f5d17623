"""A contact that resists much more than the metal beside it: good numbers up to where rounding takes them, and then the reason."""

import pytest
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.case.source import CaseSource
from spinfem.study.run import run
from spinfem.study.session import Session
from tests.unit.case.test_idle import STACK

SOLVER = "solver={error_estimate: false, degree: 2}"


def outcome(resistance_area):
    contact = f"interfaces.magnet/metal.resistance_area={resistance_area} ohm m^2"
    return run(CaseSource(STACK, overrides=(contact, SOLVER)).case(), Session(MPI.COMM_SELF))


def test_up_to_a_strong_barrier_numbers_are_exact():
    found = outcome(1e-10)
    (potential,) = [m.value for m in found.results.measurements if m.name == "terminals.left.potential"]
    assert potential == pytest.approx(1e-3 * 1e-10, rel=1e-4)
    assert not any("resists" in warning for warning in found.warnings)


@pytest.mark.parametrize("resistance_area", [1e-5, 1.0])
def test_beyond_the_contact_is_named(resistance_area):
    with pytest.raises(SolveError, match="the contact magnet/metal resists .* times as much as the cells beside it"):
        outcome(resistance_area)
