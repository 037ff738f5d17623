"""Amplitudes and phases against the formulas with a complex k = sqrt(1 + i w tau)/lambda."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from spinfem.case.reader import read_case
from spinfem.constants import BOHR_MAGNETON, HBAR
from spinfem.study.frequency import Oscillation, bandwidth
from spinfem.study.session import Session
from tests.evolving import AREA, LAMBDA, SIGMA, TAU, VALVE, WIRE, columns, solved

COMM = MPI.COMM_SELF
FINAL = 1e-6 * LAMBDA / (SIGMA * AREA)
RATES = (0.01, 1.0, 2.0, 5.0, 100.0)  # w tau


def frequencies(rates):
    return "frequency=[" + ", ".join(f"{rate / (2 * np.pi * TAU)!r} Hz" for rate in rates) + "]"


def test_the_bracket_of_a_spin_valve():
    """exp(-kL/lambda)/k at L = lambda: M. Johnson, R. H. Silsbee, PRB 37, 5312 (1988), with w for the precession."""
    found = columns(solved(WIRE, frequencies(RATES), comm=COMM), "frequency")
    k = np.sqrt(1 + 1j * np.array(RATES))
    amplitude = found["v.far.z.real"] + 1j * found["v.far.z.imaginary"]
    assert amplitude[:4] / FINAL == pytest.approx((np.exp(-k) / k)[:4], abs=1e-5)
    assert amplitude.real[1:4] / FINAL == pytest.approx([0.185444, 0.042924, -0.040210], abs=1e-5)
    assert found["v.far.z.amplitude"] == pytest.approx(np.abs(amplitude), rel=1e-12)
    assert found["v.far.z.phase"][:4] == pytest.approx(np.angle((np.exp(-k) / k)[:4]), abs=1e-4)


def test_frequency_and_field_add_up():
    """Spins across a field are two waves, with k of w + omega and of w - omega."""
    omega = 2.0 * BOHR_MAGNETON * 0.1 / HBAR * TAU
    found = columns(solved(WIRE, frequencies((1.0,)), "magnetic_field=[0 T, 0.1 T, 0 T]", comm=COMM), "frequency")
    first, second = (np.exp(-k) / k for k in (np.sqrt(1 + 1j * (1 + omega)), np.sqrt(1 + 1j * (1 - omega))))
    amplitude = found["v.far.z.real"][0] + 1j * found["v.far.z.imaginary"][0]
    assert amplitude / FINAL == pytest.approx((first + second) / 2, abs=1e-5)


def test_the_bandwidth_is_where_the_amplitude_has_fallen_by_3_db():
    exact = brentq(
        lambda rate: abs(np.exp(1 - np.sqrt(1 + 1j * rate)) / np.sqrt(1 + 1j * rate)) - np.sqrt(0.5), 0.1, 10
    )
    outcome = solved(WIRE, frequencies(np.geomspace(1e-3, 10, 15).tolist()), comm=COMM)
    (found,) = (m for m in outcome.results.measurements if m.name == "v.far.z.bandwidth")
    assert found.unit == "Hz" and found.value == pytest.approx(exact / (2 * np.pi * TAU), rel=2e-3)


@pytest.mark.parametrize("amplitudes", [[1.0, 0.9, 0.8], [1.0, np.nan, 0.8], [np.nan, 1.0, 0.1], [0.0, 0.0, 0.0]])
def test_what_does_not_fall_has_no_bandwidth(amplitudes):
    assert bandwidth((1.0, 2.0, 3.0), np.array(amplitudes)) is None


def test_what_is_slow_is_steady():
    outcome = solved(VALVE, "frequency=[1 kHz]", comm=COMM)
    found, steady = columns(outcome, "frequency"), {m.name: m.value for m in outcome.results.measurements}
    assert found["terminals.left.potential.real"][0] == pytest.approx(steady["terminals.left.potential"], rel=1e-9)
    assert found["v.spacer/free.x.real"][0] == pytest.approx(steady["v.spacer/free"][0], rel=1e-6)
    assert abs(found["v.spacer/free.x.imaginary"][0]) < 1e-5 * abs(steady["v.spacer/free"][0])


@pytest.mark.parametrize("dimension", [1, 2])
def test_the_count_of_iterations_is_bounded(dimension):
    case = read_case(VALVE, overrides=(f"geometry.dimension={dimension}",))
    session = Session(COMM)
    simulation, counts = session.simulation(case, session.device(case)), []
    for rate in np.geomspace(0.01, 100, 9):
        view = Oscillation(simulation, rate / (2 * np.pi * TAU))
        view.solution()
        counts.append(view.iterations)
    assert max(counts) <= 30, counts


def test_what_is_not_linear_is_left_out():
    more = 'observables+="dissipation"'
    outcome = solved(VALVE, "frequency=[1 GHz]", more, comm=COMM)
    (told,) = [words for words in outcome.warnings if words.startswith("dissipation")]
    assert "not linear" in told
    found = columns(outcome, "frequency")
    assert not any(name.startswith(("dissipation", "v.spacer/free.magnitude")) for name in found)


def test_a_resistance_is_an_impedance_in_every_state_of_the_magnets():
    """Kept by no constraint but the ratio: of the whole valve, as drawn and with a magnet reversed; slow, it is the steady one."""
    reading = "observables=[{nonlocal_resistance: {name: R, plus: left, minus: right, drive: left, flip: free}}]"
    collinear = VALVE.replace("{polar: 60 deg}", "+z").replace(
        "left: {current: 1 mA, spin: sink}", "left: {voltage: 1 mV, spin: sink}"
    )
    outcome = solved(collinear, "frequency=[1 kHz, 10 GHz]", reading, comm=COMM)
    found, steady = columns(outcome, "frequency"), {m.name: m.value for m in outcome.results.measurements}
    slow, fast = found["R.difference.real"]
    assert slow == pytest.approx(steady["R.difference"], rel=1e-6)
    assert abs(fast) < 0.999 * abs(slow)
    assert np.abs(found["R.difference.imaginary"][1]) > 1e-3 * abs(slow)


def test_cells_that_spins_do_not_cross_are_told():
    rough, fine = (solved(VALVE, f"frequency=[{f} GHz]", comm=COMM).warnings for f in (30000, 1))
    assert any("spins reach less far than a cell is long at" in words for words in rough)
    assert not any("spins reach" in words for words in fine)


def test_what_is_zero_has_no_phase():
    outcome = solved(VALVE, "frequency=[1 GHz]", comm=COMM)
    (table,) = (table for table in outcome.results.tables if table.name == "frequency")
    found, nothing = columns(outcome, "frequency"), "terminals.left.spin_current.x"
    assert np.isnan(found[f"{nothing}.phase"]).all() and any(nothing in note for note in table.notes)
    assert np.isfinite(found["terminals.left.spin_current.z.phase"]).all()
