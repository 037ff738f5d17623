"""The device in time against exact solutions: what is switched on, what decays, what swings; and runs that were killed."""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.special import erf

from spinfem.algebra.confined import Confined
from spinfem.case.faults import CaseError
from spinfem.constants import BOHR_MAGNETON, HBAR
from spinfem.output.snapshots import write_state
from spinfem.postprocessing.bulk import Relaxed
from spinfem.postprocessing.contacts import ContactAverage, Flux
from spinfem.postprocessing.point_evaluation import PointValues
from spinfem.postprocessing.torque import Absorbed
from spinfem.study.transient import _Run
from tests.evolving import AREA, LAMBDA, SIGMA, TAU, VALVE, WIRE, columns, solved

COMM = MPI.COMM_SELF
FINAL = 1e-6 * LAMBDA / (SIGMA * AREA)  # V, where the wire begins, at last


def in_time(text, time, *overrides, checkpoint=None):
    return solved(text, f"time={time}", *overrides, comm=COMM, checkpoint=checkpoint)


def test_a_source_of_spins_that_is_switched_on():
    """v(0, t) = v_inf erf(sqrt(t/tau)) of a half-infinite wire."""
    found = columns(in_time(WIRE, "{until: 300 ps, drive: {left: step}, tolerance: 1e-5}", "mesh.resolution=0.02"))
    error = found["v.start.z"] / FINAL - erf(np.sqrt(found["time"] / TAU))
    assert len(error) > 50
    assert np.abs(error).max() < 1e-3


def test_the_order_in_time():
    """Of a smooth drive: the error falls with the third power of the step."""
    sine = "{{until: 100 ps, snapshots: 1, initial: zero, drive: {{left: {{sine: {{frequency: 10 GHz}}}}}}, tolerance: {}}}"
    ends = {}
    for tolerance in (3e-3, 1e-4, 1e-7):
        found = columns(in_time(WIRE, sine.format(tolerance), "mesh.resolution=0.5"))
        ends[tolerance] = len(found["time"]), found["v.far.z"][-1]
    (few, rough), (many, fine), (_, exact) = ends.values()
    order = np.log(abs(rough - exact) / abs(fine - exact)) / np.log(many / few)
    assert order > 2.5


def test_spins_in_a_closed_volume_decay():
    """Whatever their distribution, their sum is exp(-t/tau) of what it was."""
    closed = (
        "mesh.resolution=0.5",
        "geometry.layers.0.thickness=300 nm",
        "terminals.right.spin=reflecting",
        'observables=["terminals"]',
    )
    outcome = in_time(
        WIRE,
        "{until: 300 ps, initial: {left: 1}, drive: {left: step}, tolerance: 1e-8}".replace(
            "step", "{step: {at: 300 ps}}"
        ),
        *closed,
    )
    times, lost = zip(*((time, solution.relaxed()[2]) for time, solution in outcome.transient.snapshots), strict=True)
    assert times[-1] == pytest.approx(3 * TAU)
    assert np.array(lost) == pytest.approx(lost[0] * np.exp(-np.array(times) / TAU), rel=1e-6)


def test_spins_turn_in_a_field_while_they_decay():
    """Of a closed volume, across the field: v_z + i v_x = exp(i w t - t/tau) of what it was."""
    closed = (
        "mesh.resolution=0.5",
        "geometry.layers.0.thickness=100 nm",
        "terminals.right.spin=reflecting",
        'observables=["terminals"]',
    )
    off = "{until: 100 ps, initial: {left: 1}, drive: {left: {step: {from: 0, at: 100 ps}}}, tolerance: 1e-6}"
    outcome = in_time(WIRE, off, *closed, "magnetic_field=[0 T, 0.1 T, 0 T]")
    times, spins = zip(*((time, s.relaxed()) for time, s in outcome.transient.snapshots), strict=True)
    turning = [spin[2] + 1j * spin[0] for spin in spins]
    omega = 2.0 * BOHR_MAGNETON * 0.1 / HBAR
    expected = turning[0] * np.exp((1j * omega - 1 / TAU) * np.array(times))
    assert np.abs(turning - expected).max() < 1e-5 * abs(turning[0])


def test_what_enters_is_stored_or_lost():
    """Spins that enter at terminals are lost to the lattice, cross contacts, or stay."""
    outcome = in_time(WIRE, "{until: 50 ps, drive: {left: step}}")
    _, solution = outcome.transient.snapshots[5]
    entering = sum(reading.spin_current for reading in solution.readings.values())
    full, rates = solution.potentials.copy(), solution.rates
    stored = solution.problem.capacity()
    change = stored.createVecLeft()
    change.array[:] = rates.x.array[: change.array.size]
    kept = solution.problem.layout.blocks(stored * change)[:, 1].sum() * solution.problem.siemens
    assert kept > 0.3 * entering[2]
    assert kept + solution.relaxed()[2] == pytest.approx(entering[2], rel=1e-8)
    assert full.x.array.any()


def energies(outcome):
    """v.C v of each snapshot."""
    first = outcome.transient.snapshots[0][1].problem
    capacity, found = first.capacity(), []
    for _, solution in outcome.transient.snapshots:
        x = capacity.createVecLeft()
        x.array[:] = solution.potentials.x.array[: x.array.size]
        found.append(x.dot(capacity * x))
    return np.array(found)


def test_energy_falls_without_a_drive():
    off = "{until: 100 ps, snapshots: 40, initial: {left: 1}, drive: {left: {step: {from: 1, to: 0}}}}"
    found = energies(in_time(VALVE, off))
    assert (np.diff(found) < 0).all()
    assert found[-1] < 0.2 * found[0]


def test_a_step_ends_in_the_steady_state():
    outcome = in_time(VALVE, "{until: 2 ns, drive: {left: step}}")
    found, steady = columns(outcome), {m.name: m.value for m in outcome.results.measurements}
    assert found["terminals.left.potential"][-1] == pytest.approx(steady["terminals.left.potential"], rel=1e-6)
    for k, axis in enumerate("xyz"):
        assert found[f"v.spacer/free.{axis}"][-1] == pytest.approx(steady["v.spacer/free"][k], rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(
    "overrides",
    [(), ("terminals.left={voltage: 1 mV, spin: {potential: [0 V, 1 uV, 1 uV]}}",)],
    ids=["current", "spin potential"],
)
def test_what_swings_for_long_is_what_the_frequency_says(overrides):
    """Two ways of solving agree: after many lifetimes v(t) = Re[amplitude exp(i w t)]."""
    text = VALVE.replace("100 ps", "40 ps").replace(
        "  - spin_torque: {name: torque, magnet: free, reference: fixed, drive: left}\n", ""
    )
    sine = "{until: 310 ps, snapshots: 1, drive: {left: {sine: {frequency: 10 GHz, phase: 90 deg}}}, tolerance: 1e-4, at: [302 ps, 305 ps]}"
    swinging = columns(in_time(text, sine, *overrides))
    amplitudes = columns(solved(text, "frequency=[10 GHz]", *overrides, comm=COMM), "frequency")
    places = [np.argmin(np.abs(swinging["time"] - time)) for time in (302e-12, 305e-12, 310e-12)]
    turns = np.exp(2j * np.pi * 10e9 * swinging["time"][places])
    for name in ("v.spacer/free.z", "v.spacer/free.x", "terminals.right.spin_current.z"):
        amplitude = amplitudes[f"{name}.real"][0] + 1j * amplitudes[f"{name}.imaginary"][0]
        assert swinging[name][places] == pytest.approx((amplitude * turns).real, abs=1e-3 * abs(amplitude))


def test_a_pulse_is_that_of_its_table(tmp_path):
    (tmp_path / "pulse.csv").write_text("time [ps], factor\n0, 0\n10, 0\n15, 2\n30, 2\n35, 0\n")
    pulse = "{left: {pulse: {at: 10 ps, length: 20 ps, edge: 5 ps, height: 2}}}"
    table = f"{{left: {{table: {{file: {tmp_path}/pulse.csv}}}}}}"
    first, second = (columns(in_time(WIRE, f"{{until: 60 ps, drive: {drive}}}")) for drive in (pulse, table))
    assert first["v.start.z"].max() > 0.3 * FINAL
    for name, values in first.items():
        assert values == pytest.approx(second[name], rel=1e-9, abs=1e-15)


def test_steps_beside_a_jump_may_be_as_short_as_they_like():
    pulse = "{until: 100 ps, snapshots: 1, drive: {left: {pulse: {length: 50 ps}}}, tolerance: 1e-2}"
    outcome = in_time(WIRE, pulse, "mesh.resolution=0.5")
    times = np.array([0, 1e-8, 3e-8, 50, 50 + 1e-8, 50 + 3e-8, 100]) * 1e-12  # s
    rows = _Run(outcome.simulation).at(times)
    assert [row["time"] for row in rows] == pytest.approx(times, rel=1e-12, abs=1e-24)


def test_snapshots_have_the_drive_of_their_time():
    """At a jump that of the time just before, as in the table."""
    outcome = in_time(
        VALVE,
        "{until: 40 ps, snapshots: 4, drive: {left: {pulse: {length: 20 ps}}}}",
        "terminals.left={voltage: 1 mV, spin: sink}",
    )
    potentials = {time: solution.readings["left"].potential for time, solution in outcome.transient.snapshots}
    assert list(potentials.values()) == pytest.approx([0, 1e-3, 1e-3, 0, 0])
    table = columns(outcome)
    for time, solution in outcome.transient.snapshots[1:]:
        row = np.argmin(np.abs(table["time"] - time))
        assert solution.readings["left"].current == pytest.approx(table["terminals.left.current"][row], rel=1e-9)


def test_what_cannot_be_followed_says_so():
    flip = (
        "observables+={magnetoresistance: {plus: left, minus: right, rotate: free, axis: +y, angles: [0 deg, 60 deg]}}"
    )
    outcome = in_time(VALVE, "{until: 10 ps, drive: {left: step}}", flip)
    (told,) = [words for words in outcome.warnings if "magnetoresistance" in words]
    assert "not followed in time" in told and "only the device as drawn" in told
    assert "v.spacer/free.z" in columns(outcome)


def test_what_is_linear_is_read_by_weights():
    """The same numbers as measured anew, with what is stored in them."""
    outcome = in_time(VALVE, "{until: 20 ps, snapshots: 2, drive: {left: step}}")
    solution = outcome.transient.snapshots[1][1]
    point = PointValues(((450e-9, 0.0, 0.0),))
    for functional in (
        Flux(("free", "spacer"), "free"),
        ContactAverage(("free", "spacer"), "spacer"),
        Absorbed("free"),
        Relaxed(),
        point,
    ):
        assert functional.linear
        exact = functional.value(solution)
        assert solution.read(functional) == pytest.approx(exact, rel=1e-9, abs=1e-12 * np.abs(exact).max())


def test_a_run_begins_where_another_one_ended(tmp_path):
    first = in_time(WIRE, "{until: 30 ps, drive: {left: step}}")
    write_state(tmp_path, first.transient, COMM)
    on = "{until: 30 ps, initial: " + str(tmp_path) + "}"
    whole, second = (columns(in_time(WIRE, time)) for time in ("{until: 60 ps, drive: {left: step}}", on))
    assert second["v.start.z"][0] == pytest.approx(columns(first)["v.start.z"][-1], rel=1e-12)
    assert second["v.start.z"][-1] == pytest.approx(whole["v.start.z"][-1], rel=1e-4)
    with pytest.raises(CaseError, match="another mesh"):
        in_time(WIRE, on, "mesh.resolution=0.2")


class Killed(Exception):
    pass


class Memory:
    """Keeps the state like a checkpoint, and ends the run after `most` of them."""

    def __init__(self, most):
        self.most, self.arrays = most, None

    def load(self):
        return self.arrays

    def save(self, arrays):
        self.arrays, self.most = arrays, self.most - 1
        if self.most == 0:
            raise Killed


def test_a_killed_run_goes_on_with_the_same_numbers():
    time = "{until: 100 ps, drive: {left: {pulse: {length: 30 ps}}}}"
    whole, memory = columns(in_time(VALVE, time)), Memory(4)
    with pytest.raises(Killed):
        in_time(VALVE, time, checkpoint=memory)
    memory.most = 1000
    outcome = in_time(VALVE, time, checkpoint=memory)
    assert 0 < outcome.transient.resumed < 100e-12
    assert len(outcome.transient.snapshots) == 11
    for name, values in columns(outcome).items():
        assert np.array_equal(values, whole[name], equal_nan=True), name


def test_the_confined_matrix_is_symmetric():
    outcome = in_time(VALVE, "{until: 1 ps, snapshots: 1, drive: {left: step}}")
    problem = outcome.solution.problem
    matrix = Confined(problem.capacity(), problem.constraints).as_matrix()
    x, y = matrix.createVecs()
    x.setRandom()
    y.setRandom()
    assert x.dot(matrix * y) == pytest.approx(y.dot(matrix * x), rel=1e-12)
