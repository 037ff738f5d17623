"""`time` and `frequency` of a case: signals, and what is refused."""

import math

import numpy as np
import pytest

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.case.signals.pulse import PulseSignal
from spinfem.case.signals.sine import SineSignal
from spinfem.case.signals.step import StepSignal
from spinfem.geometry.recipe import outline_of
from tests.evolving import WIRE

TIME = "time={until: 1 ns, drive: {left: step}}"


def faults(*overrides):
    try:
        case = read_case(WIRE, overrides=overrides)
        return "\n".join(map(str, cross_check(case, outline_of(case))))
    except CaseError as error:
        return "\n".join(map(str, error.faults))


@pytest.mark.parametrize(
    "overrides, said",
    {
        "negative end": (("time={until: -1 ns, drive: {left: step}}",), "time.until (--set): -1 ns: must be greater than 0"),
        "negative start": ((TIME.replace("step", "{step: {at: -1 ps}}"),), "time.drive.left.step.at (--set): -1 ps: must be at least 0"),
        "no time": ((TIME.replace("1 ns", "1 nm"),), "time.until (--set): 1 nm: is not a time"),
        "unknown drive": ((TIME.replace("step", "ramp"),), "there is no such kind of signal. There are: pulse, sine, step, table"),
        "unknown terminal": ((TIME.replace("left", "lift"),), 'there is no such terminal in the drawing; did you mean "left"'),
        "nothing to change": ((TIME.replace("left", "right"),), "time.drive.right (--set)"),
        "step to nowhere": ((TIME.replace("step", "{step: {from: 1}}"),), "time.drive.left.step.to (--set): 1.0: changes nothing: `from` is 1 too"),
        "field along nothing": (("magnetic_field={magnitude: 1 mT, direction: [0, 0, 0]}",), "magnetic_field.direction (--set): [0, 0, 0]: must not be zero: it is a direction"),
        "nothing changes": (("time={until: 1 ns}",), "is missing: a run in time needs something that changes"),
        "late snapshot": ((TIME, "time.at=[2 ns]"), "time.at.0 (--set): 2 ns: must be between 0 and the end, 1 ns"),
        "no state": ((TIME, "time.initial=nowhere"), "there is no such folder"),
        "no factor": ((TIME, "time.initial={left: much}"), "time.initial.left (--set): much: is not a number"),
        "long edge": ((TIME.replace("step", "{pulse: {length: 1 ps, edge: 2 ps}}"),), "is longer than the pulse"),
        "many pulses": ((TIME.replace("step", "{pulse: {length: 1 as, period: 2 as}}"),), "changes abruptly more than 10,000 times"),
        "short period": ((TIME.replace("step", "{pulse: {length: 2 ps, period: 1 ps}}"),), "one pulse ends before the next"),
        "no lifetime": ((TIME, "regions.wire.material.spin_lifetime=null"), "regions.wire.material.spin_lifetime (--set): (nothing): the material needs a spin_lifetime"),
        "no lifetime at a frequency": (("frequency=[1 GHz]", "regions.wire.material.spin_lifetime=null"), "`frequency` needs to know"),
        "both": ((TIME, "frequency=[1 GHz]"), "stands beside `time`"),
        "no frequency": (("frequency=[1 ns]",), "is not a frequency"),
        "frequency zero": (("frequency=[0 Hz]",), "frequency.0 (--set): 0 Hz: must be greater than 0"),
        "frequency twice": (("frequency=[1 GHz, 1000 MHz]",), "has a frequency twice"),
        "no frequencies": (("frequency=[]",), "needs at least one frequency"),
        "wild tolerance": ((TIME, "time.tolerance=1"), "must be at least 1e-09 and at most 0.01"),
    }.values(),
)  # fmt: skip
def test_what_is_refused(overrides, said):
    assert said in faults(*overrides)


def test_a_lifetime_that_a_field_needs_too_is_asked_for_once():
    told = faults(TIME, "magnetic_field=[0 T, 0 T, 1 T]", "regions.wire.material.spin_lifetime=null")
    assert told.count("needs a spin_lifetime") == 1


@pytest.mark.parametrize(
    "text, said",
    [
        ("t, factor\n0, 1\n", 'the first one "time [ns]"'),
        ("time [nm], factor\n0, 1\n1, 1\n", "no unit of time"),
        ("time [ns], factor\n0, 1\n1, x\n", "not two numbers"),
        ("time [ns], factor\n0, 1\n2, 1\n1, 1\n", "times increasing"),
        ("time [ns], factor\n-1, 1\n1, 1\n", "before time 0"),
    ],
)
def test_tables_that_are_none(tmp_path, text, said):
    (tmp_path / "table.csv").write_text(text)
    assert said in faults(TIME.replace("step", f"{{table: {{file: {tmp_path}/table.csv}}}}"))


def test_a_table_that_a_spreadsheet_saved(tmp_path):
    """It begins with a byte order mark."""
    (tmp_path / "table.csv").write_text("time [ns], factor\n0, 0\n1, 1\n", encoding="utf-8-sig")
    assert faults(TIME.replace("step", f"{{table: {{file: {tmp_path}/table.csv}}}}")) == ""


def test_a_case_in_time_is_fine():
    assert faults(TIME) == ""
    assert faults("frequency={from: 1 MHz, to: 1 GHz, points: 4, scale: log}") == ""


def test_a_range_of_frequencies():
    case = read_case(WIRE, overrides=["frequency={from: 1 MHz, to: 1 GHz, points: 4, scale: log}"])
    assert case.frequency == pytest.approx((1e6, 1e7, 1e8, 1e9))


@pytest.mark.parametrize(
    "signal",
    [
        StepSignal(at=1.0, rise=2.0, start=0.5, end=-1.0),
        PulseSignal(at=1.0, length=1.5, edge=0.5, height=3.0, period=2.5),
        SineSignal(frequency=0.3, phase=1.0, mean=0.2),
    ],
)
def test_slopes_are_those_of_the_values(signal):
    step, breaks = 1e-6, list(signal.breaks(10.0))
    for time in np.linspace(0.013, 9.9, 57):
        if all(abs(time - place) > 2 * step for place in breaks):
            slope = (signal.value(time + step) - signal.value(time - step)) / (2 * step)
            assert signal.slope(time) == pytest.approx(slope, abs=1e-6)


def test_a_pulse_comes_again():
    pulse = PulseSignal(at=1.0, length=1.0, period=3.0)
    assert [pulse.value(time) for time in (0.5, 1.5, 2.5, 4.5, 5.5, 7.5)] == [0, 1, 0, 1, 0, 1]
    assert list(pulse.breaks(6.0)) == [1.0, 2.0, 4.0, 5.0]


def test_a_sine_begins_at_zero():
    sine = SineSignal(frequency=2.0, mean=0.5)
    assert sine.before == 0.5
    assert sine.value(0.125) == pytest.approx(0.5 + math.sin(math.pi / 2))


def test_pieces_meet_snapshots_and_jumps():
    case = read_case(
        WIRE,
        overrides=["time={until: 4 ps, snapshots: 2, at: [1 ps], drive: {left: {pulse: {at: 0.5 ps, length: 3 ps}}}}"],
    )
    assert case.time.pieces == pytest.approx([0, 0.5e-12, 1e-12, 2e-12, 3.5e-12, 4e-12])
    assert case.time.snapshot_times == pytest.approx([0, 1e-12, 2e-12, 4e-12])


def test_a_case_in_time_can_be_written_and_read():
    case = read_case(WIRE, overrides=[TIME.replace("step", "{pulse: {length: 1 ps}}"), "time.initial={left: 0.5}"])
    assert case.time.model_validate(case.time.as_file(), context={"file": True}) == case.time


CHIRP = """
import math
from spinfem.case.signal import Signal


class Chirp(Signal, kind="chirp"):
    '''A sine that gets faster.'''

    rate: float

    def value(self, time):
        return math.sin(self.rate * time**2)

    def slope(self, time):
        return 2 * self.rate * time * math.cos(self.rate * time**2)
"""


def test_a_signal_of_a_user(tmp_path):
    (tmp_path / "chirp.py").write_text(CHIRP)
    case = read_case(WIRE, tmp_path, ["plugins=[chirp.py]", TIME.replace("step", "{chirp: {rate: 2.0}}")])
    assert case.time.drive["left"].value(0.5) == pytest.approx(math.sin(0.5))
    assert "there is no such kind of signal" in faults(TIME.replace("step", "{chirp: {rate: 2.0}}"))
