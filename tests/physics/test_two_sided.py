"""Rough solutions of a problem and of its adjoint give a number as exactly as the product of their errors."""

import numpy as np
import pytest

from spinfem.postprocessing.contacts import ContactAverage
from tests.physics.test_sensitivity import simulation_of

ROUGH = 1e-4


@pytest.mark.parametrize("name", ["transparent", "non-collinear", "not symmetric", "spin Hall", "wall"])
def test_what_a_rough_solution_misses_is_known_from_a_rough_adjoint(name):
    simulation, average = simulation_of(name, method="iterative"), ContactAverage(("f1", "n"), "n")
    weights = np.array([1.0, 2.0, 0.5, 3.0])  # of phi and v: of no energy
    exact = weights @ average.value(simulation_of(name, method="iterative").solution())
    rough = simulation.solution(tolerance=ROUGH)
    assert simulation.solves.records == []  # it counts for nothing that a run tells of its solutions
    found = weights @ average.value(rough)
    adjoint = simulation.adjoint(rough, average.dual(rough, weights), tolerance=ROUGH)
    off, left = abs(found - exact), abs(found + simulation.correction(rough, adjoint) - exact)
    assert rough.report.residual > 1e-7
    assert left < 1e-6 * abs(exact) and left < 0.05 * off + 1e-10 * abs(exact)  # on a line few steps may be exact


@pytest.mark.parametrize("method", ["iterative", "direct"])
def test_a_solution_begins_with_what_it_is_given(method):
    simulation = simulation_of("non-collinear", method=method)
    rough = simulation.solution(tolerance=ROUGH)
    again = simulation.solution(start=rough.potentials, remember=False)
    from_nothing = simulation_of("non-collinear", method=method).solution()
    assert again.potentials.x.array == pytest.approx(from_nothing.potentials.x.array, rel=1e-9, abs=1e-14)
    if method == "iterative":
        assert again.report.iterations <= from_nothing.report.iterations - rough.report.iterations + 2
    third = simulation.solution(start=again.potentials, remember=False)
    assert third.report.iterations <= (0 if method == "iterative" else 1)
