"""Errors of numbers in time and at frequencies, beside what exact solutions say they are."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.special import erf

from spinfem.study import bars
from tests.evolving import AREA, LAMBDA, SIGMA, TAU, WIRE, columns, solved

FINAL = 1e-6 * LAMBDA / (SIGMA * AREA)
STEP = "time={until: 300 ps, drive: {left: step}, snapshots: 4}"
WITH_ERRORS = ("solver.error_estimate=true", "mesh.resolution=1")


def effectivity(told, off, floor):
    """Told over true error, where the true one is more than `floor`."""
    return told[off > floor] / off[off > floor]


@pytest.mark.parametrize("degree", [1, 2])
def test_a_step_is_off_by_about_what_its_errors_say(degree):
    found = columns(solved(WIRE, STEP, *WITH_ERRORS, f"solver.degree={degree}", comm=MPI.COMM_SELF))
    off = np.abs(found["v.start.z"] - FINAL * erf(np.sqrt(found["time"] / TAU)))
    ratios = effectivity(found["v.start.z.error"], off, 1e-6 * FINAL)
    assert len(ratios) > 20 and np.percentile(ratios, 5) > 0.5 and np.percentile(ratios, 95) < 2


def test_rough_steps_are_seen_too():
    """A fine mesh, so the steps make the error."""
    rough = (STEP.replace("snapshots: 4", "snapshots: 1, tolerance: 1e-2"), "solver.error_estimate=true")
    found = columns(solved(WIRE, *rough, "mesh.resolution=0.1", "solver.degree=3", comm=MPI.COMM_SELF))
    late = found["time"] > 0.05 * TAU
    off = np.abs(found["v.start.z"] - FINAL * erf(np.sqrt(found["time"] / TAU)))[late]
    ratios = effectivity(found["v.start.z.error"][late], off, 1e-6 * FINAL)
    assert len(ratios) > 3 and 0.5 < np.median(ratios) < 3


@pytest.mark.parametrize("degree", [1, 2])
def test_amplitudes_are_off_by_about_what_their_errors_say(degree):
    rates = np.array([0.01, 1.0, 5.0, 30.0])
    given = "frequency=[" + ", ".join(f"{float(rate) / (2 * np.pi * TAU)!r} Hz" for rate in rates) + "]"
    found = columns(solved(WIRE, given, *WITH_ERRORS, f"solver.degree={degree}", comm=MPI.COMM_SELF), "frequency")
    k = np.sqrt(1 + 1j * rates)
    for place, exact in (("start", FINAL / k), ("far", FINAL * np.exp(-k) / k)):
        values = found[f"v.{place}.z.real"] + 1j * found[f"v.{place}.z.imaginary"]
        ratios = found[f"v.{place}.z.error"] / np.abs(values - exact)
        assert ratios.min() > 0.9 and ratios.max() < 1.5, (place, ratios)


def test_where_there_are_none_it_is_said(monkeypatch):
    monkeypatch.setattr(bars, "MOST", 10)
    outcome = solved(WIRE, "frequency=[1 GHz]", *WITH_ERRORS, "solver.degree=1", comm=MPI.COMM_SELF)
    assert any("have no errors" in words for words in outcome.warnings)
    assert not any(name.endswith(".error") for name in columns(outcome, "frequency"))


def test_one_degree_less_tells_more_than_the_error(monkeypatch):
    told = columns(solved(WIRE, "frequency=[1 GHz]", *WITH_ERRORS, "solver.degree=2", comm=MPI.COMM_SELF), "frequency")
    monkeypatch.setattr(bars, "MOST", 10)
    outcome = solved(WIRE, "frequency=[1 GHz]", *WITH_ERRORS, "solver.degree=2", comm=MPI.COMM_SELF)
    (table,) = (table for table in outcome.results.tables if table.name == "frequency")
    assert "one degree less" in table.notes[-1]
    assert columns(outcome, "frequency")["v.far.z.error"] > told["v.far.z.error"]
