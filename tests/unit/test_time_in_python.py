"""Time and frequency from Python."""

import numpy as np
import pytest

import spinfem
from tests.evolving import WIRE


@pytest.fixture(scope="module")
def wire():
    return spinfem.read(WIRE)


def test_a_run_in_time(wire):
    course = spinfem.Transient(until=20e-12, snapshots=2, drive={"left": spinfem.PulseSignal(length=10e-12)})
    result = spinfem.solve(wire.changed(time=course))
    frame = result.tables["time"]
    assert frame.attrs["units"]["time [s]"] == "s"
    assert frame["v.start.z [V]"].max() > 1.5 * frame["v.start.z [V]"].iloc[-1] > 0
    times = [time.to("ps").magnitude for time, _ in result.snapshots]
    assert times == pytest.approx([0, 10, 20])
    accumulated = [np.abs(state.fields.v.x.array).max() for _, state in result.snapshots]
    assert accumulated[0] == 0 < accumulated[2] < accumulated[1]


def test_a_response(wire):
    frame = spinfem.solve(wire.changed(frequency=["1 GHz", 2e9])).tables["frequency"]
    assert frame["frequency [Hz]"].tolist() == [1e9, 2e9]
    assert frame["v.start.z.amplitude [V]"].is_monotonic_decreasing


def test_a_steady_run_has_no_snapshots(wire):
    assert spinfem.solve(wire).snapshots == []


def test_a_mistake_names_its_key():
    with pytest.raises(spinfem.CaseError, match=r"Transient\.until"):
        spinfem.Transient(until=-1.0)
