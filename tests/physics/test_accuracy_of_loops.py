"""Currents that go around, fits of two exponentials and matrices: their bars hold against much finer meshes, and `accuracy` refines for them."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.devices import shipped
from spinfem.case.reader import read_case
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.study.trust import is_check

MOST = 2.0  # bars: it is an estimate
BY_DUALS = "residual of each number's dual"


def outcome(name, accuracy, *overrides):
    case = (shipped("cases") / f"{name}.yaml").read_text()
    found = run(read_case(case, overrides=[f"accuracy={accuracy}", *overrides]), Session(MPI.COMM_WORLD))
    assert found.error_method.startswith(BY_DUALS)
    return found


def numbers(found):
    return {m.name: m for m in found.results.measurements if not (is_check(m.name) or m.name.endswith(".place"))}


def check(rough, fine):
    """All numbers but those that are zero: within twice their bars."""
    exact, compared = numbers(fine), 0
    assert exact.keys() == numbers(rough).keys()
    for name, m in numbers(rough).items():
        off, size = np.abs(np.subtract(m.value, exact[name].value)).max(), np.abs(m.value).max()
        assert off <= MOST * (m.error + exact[name].error), (m, exact[name])
        compared += size > 2 * m.error
    return compared


@pytest.fixture(scope="module")
def fine_loops():
    return outcome("loop_current", 1e-5)


@pytest.mark.parametrize("target", [0.01, 0.001, 0.0001])
def test_currents_that_go_around(target, fine_loops):
    rough = outcome("loop_current", target)
    assert rough.mesh["unknowns"] < 0.5 * fine_loops.mesh["unknowns"]
    assert check(rough, fine_loops) >= 6
    found = numbers(rough)
    for name in ("loop_current", "loop_current.clockwise", "loop_current.counterclockwise", "in_the_magnet.net"):
        assert 0 < found[name].error <= 1.0000001 * target * abs(found[name].value)


def test_a_mesh_that_stays_has_bars_too(fine_loops):
    """Of a value as it is, from its own mesh alone."""
    given = numbers(outcome("loop_current", "null", "mesh={resolution: 1}"))
    exact = numbers(fine_loops)
    for name, m in given.items():
        assert m.correction is None and m.error > 0
        assert abs(np.subtract(m.value, exact[name].value)).max() <= MOST * m.error, name


def test_a_ring_of_current_that_has_no_voltage():
    """theta sigma t V, whatever the mesh: what passes a radius is the difference of the spin potential at its ends."""
    found = numbers(outcome("corbino_2d", 0.01))["loop_current"]
    assert found.value == pytest.approx(0.11 * 3.7e7 * 10e-9 * 1e-3, rel=1e-6)
    assert abs(found.value - 0.11 * 3.7e7 * 10e-9 * 1e-3) <= found.error + 1e-12 * found.value


def test_two_lengths_of_one_decay():
    rough, fine = (outcome("long_range", target) for target in (0.01, 0.0005))
    assert check(rough, fine) >= 9
    for name, m in numbers(rough).items():
        if name.startswith("two_exponentials"):
            assert 0 < m.error <= 0.02 * abs(m.value)  # that of the mesh, and that of the fit


def test_a_matrix_has_an_error_for_each_entry():
    rough, fine = (outcome("ratchet_2d", target) for target in (0.01, 1e-5))
    assert check(rough, fine) >= 4
    for found, exact in zip(rough.results.matrices, fine.results.matrices, strict=True):
        assert found.errors.shape == found.values.shape
        off, largest = np.abs(found.values - exact.values), np.abs(found.values).max()
        assert (off <= MOST * (found.errors + exact.errors)).all()
        assert found.errors.max() < 0.01 * largest and off.max() > 1e-5 * largest
    (number,) = (m for name, m in numbers(rough).items() if "Is_z(right)/v_z(left)" in name)
    assert 0 < number.error <= 0.01 * abs(number.value)
