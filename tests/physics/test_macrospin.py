"""The equation of motion of one rigid moment, against what can be solved by hand (docs/dynamics.md). No device: the torque is a formula."""

import numpy as np
import pytest

from spinfem.constants import BOLTZMANN, VACUUM_PERMEABILITY
from spinfem.study.macrospin.equation import Motion
from spinfem.study.macrospin.findings import peak_of, spectrum, switching_time
from spinfem.study.macrospin.moments import Moments
from spinfem.study.macrospin.threshold import NoThreshold, growth, threshold
from spinfem.study.macrospin.torque import Axial, Sphere, tabulated
from spinfem.study.macrospin.trajectory import Drive, integrate, thermal
from spinfem.theory import macrospin

SATURATION, VOLUME, EFFICIENCY = 8e5, 1e-22, 0.4
GAMMA = macrospin.gyromagnetic_ratio()
UP = np.array([0.0, 0.0, 1.0])
ON = ([0.0], [1.0])


def polarized_along_z(m):
    """g times the part of z across m: the same efficiency at every angle."""
    return EFFICIENCY * (UP - m[..., 2:] * m)


def moment(damping=0.01, field=0.0, anisotropy=0.0, factors=(0, 0, 0), polar=0.0, volume=VOLUME):
    """A Motion: fields along z, T; demagnetizing factors; polar angle at the start."""
    return Motion(
        Moments(
            names=("free",),
            gamma=np.array([GAMMA]),
            damping=np.array([damping]),
            moment=np.array([SATURATION * volume]),
            axis=UP[None],
            anisotropy=np.array([anisotropy]),
            demagnetizing=VACUUM_PERMEABILITY * SATURATION * np.diag(np.array(factors, dtype=float))[None],
            field=field * UP[None],
            exchange=np.zeros((1, 1)),
            start=np.array([[np.sin(polar), 0.0, np.cos(polar)]]),
        ),
        polarized_along_z,
    )


def moved(motion, current, until, rows=201):
    return integrate(motion, Drive.of(ON, current), np.linspace(0.0, until, rows))


def test_in_a_fixed_field_m_relaxes_as_the_formula_says():
    trajectory = moved(moment(0.02, field=0.1, polar=2.0), 0.0, 10e-9)
    polar = np.arctan2(np.hypot(*trajectory.m[:, 0, :2].T), trajectory.m[:, 0, 2])
    assert polar == pytest.approx(macrospin.relaxed(2.0, 0.02, 0.1, trajectory.times), abs=1e-7)
    azimuth = np.unwrap(np.arctan2(trajectory.m[:, 0, 1], trajectory.m[:, 0, 0]))
    assert azimuth == pytest.approx(GAMMA * 0.1 / (1 + 0.02**2) * trajectory.times, rel=1e-7)


def test_m_keeps_its_length_and_loses_energy_where_no_current_flows():
    motion = moment(0.02, field=0.05, anisotropy=0.03, factors=(0.7, 0.2, 0.1), polar=2.5)
    trajectory = moved(motion, 0.0, 5e-9, rows=1001)
    assert np.linalg.norm(trajectory.m, axis=-1) == pytest.approx(1, abs=1e-9)
    energy = motion.energy(trajectory.m)[:, 0]
    assert np.all(np.diff(energy) <= 1e-12 * np.ptp(energy)) and energy[-1] < energy[0]


def coupled(damping, exchange, angle):
    """Two equal moments in each other's exchange field, T, at an angle, in no other field."""
    one = moment(damping).moments
    twice = {key: np.concatenate([value, value]) for key, value in vars(one).items() if isinstance(value, np.ndarray)}
    start = np.array([UP, [np.sin(angle), 0.0, np.cos(angle)]])
    names, between = ("one", "other"), exchange * np.array([[0.0, 1.0], [1.0, 0.0]])
    return Motion(Moments(**twice | {"names": names, "exchange": between, "start": start}), np.zeros_like)


@pytest.mark.parametrize("exchange", [0.05, -0.05])
def test_two_coupled_moments_turn_about_their_sum(exchange):
    """dm_1/dt = -gamma C m_1 x m_2 = -gamma C m_1 x S, and S = m_1 + m_2 stays."""
    motion = coupled(0.0, exchange, 1.1)
    trajectory = moved(motion, 0.0, 2e-9)
    total = trajectory.m.sum(axis=1)
    assert total == pytest.approx(np.broadcast_to(total[0], total.shape), abs=1e-7)
    size = np.linalg.norm(total[0])
    axis = total[0] / size
    side = UP - (UP @ axis) * axis
    frame = side / np.linalg.norm(side), np.cross(axis, side / np.linalg.norm(side))
    angle = np.unwrap(np.arctan2(trajectory.m[:, 0] @ frame[1], trajectory.m[:, 0] @ frame[0]))
    assert angle == pytest.approx(GAMMA * exchange * size * trajectory.times, rel=1e-6, abs=1e-6)
    energies = motion.energy(trajectory.m).sum(axis=1)
    expected = -motion.moments.moment[0] * exchange * np.cos(1.1)
    assert energies == pytest.approx(np.full_like(energies, expected), rel=1e-7)


@pytest.mark.parametrize("exchange", [0.05, -0.05])
def test_coupled_moments_end_along_or_against_one_another(exchange):
    trajectory = moved(coupled(0.1, exchange, 1.1), 0.0, 20e-9)
    m = trajectory.m[-1]
    assert m[0] @ m[1] == pytest.approx(np.sign(exchange), abs=1e-4)
    energy = coupled(0.1, exchange, 1.1).energy(trajectory.m).sum(axis=1)
    assert np.all(np.diff(energy) <= 1e-9 * np.ptp(energy))


@pytest.mark.parametrize("current", [0.0, 5e-4, 2e-3])
def test_a_small_deviation_grows_at_the_rate_of_the_formula(current):
    motion = moment(0.02, field=0.1, anisotropy=0.03)
    rate = macrospin.torque_rate(EFFICIENCY, current, SATURATION, VOLUME) - 0.02 * GAMMA * 0.13
    found = growth(motion, UP[None], current)
    assert found.real == pytest.approx(rate / (1 + 0.02**2), rel=1e-6)
    small = moment(0.02, field=0.1, anisotropy=0.03, polar=1e-4)
    after = moved(small, current, 1e-9).m[-1, 0]
    assert np.log(np.hypot(*after[:2]) / 1e-4) == pytest.approx(rate / (1 + 0.02**2) * 1e-9, abs=1e-6)


@pytest.mark.parametrize(("factors", "field"), [((0, 0, 0), 0.0), ((1, 0, 0), VACUUM_PERMEABILITY * SATURATION / 2)])
def test_the_threshold_on_an_axis_and_in_an_easy_plane(factors, field):
    found = threshold(moment(0.01, field=0.05, anisotropy=0.02, factors=factors), 0.0, 1e-2)
    exact = macrospin.critical_current(EFFICIENCY, 0.01, SATURATION, VOLUME, 0.07 + field)
    assert found.factor == pytest.approx(exact, rel=1e-7)
    stiffness = np.sqrt(0.07 * (0.07 + 2 * field))
    assert found.frequency == pytest.approx(GAMMA * stiffness / (2 * np.pi), rel=1e-3)  # and alpha^2


def test_without_a_threshold_it_is_told():
    with pytest.raises(NoThreshold, match="stable up to the last current"):
        threshold(moment(field=0.1), 0.0, -1e-2)
    with pytest.raises(NoThreshold, match="at the first current is not stable"):
        threshold(moment(anisotropy=-0.1, factors=(0, 0, 0)), 0.0, 1e-2)


def test_a_polarizer_across_a_film_turns_m_at_the_frequency_of_the_formula():
    current, damping = 2e-3, 0.02
    rate = macrospin.torque_rate(EFFICIENCY, current, SATURATION, VOLUME)
    frequency, cosine = macrospin.out_of_plane_oscillator(rate, damping, SATURATION)
    trajectory = moved(moment(damping, factors=(0, 0, 1), polar=1.5), -current, 20e-9, rows=2001)
    late = trajectory.m[1000:, 0]
    assert late[:, 2] == pytest.approx(cosine, abs=1e-8)
    azimuth = np.unwrap(np.arctan2(late[:, 1], late[:, 0]))
    assert abs(azimuth[-1] - azimuth[0]) / (2 * np.pi * 10e-9) == pytest.approx(frequency, rel=1e-7)
    assert peak_of(*spectrum(trajectory.times[1000:], late)) == pytest.approx(frequency, rel=1e-6)


def test_bergers_threshold_where_all_damping_is_pumped_spins():
    """A contact of mixing conductance G to a spin potential v absorbs 2 G A v across m: m starts to move at 2 |e| v = hbar omega."""
    mixing, area, thickness, field = 4e14, 1e-14, 3e-9, 0.3
    damping = macrospin.pumping_damping(mixing, SATURATION, thickness)
    omega = GAMMA * field
    for excess, sign in ((1.001, 1), (0.999, -1)):
        potential = excess * 1.054571817e-34 * omega / (2 * 1.602176634e-19)
        rate = macrospin.torque_rate(1.0, 2 * mixing * area * potential, SATURATION, area * thickness)
        assert np.sign(rate - damping * omega) == sign
        assert rate == pytest.approx(excess * damping * omega, rel=1e-9)


@pytest.mark.parametrize(("efficiency", "published"), [(0.471, 1.2e11), (0.953, 5.9e10)])
def test_the_critical_current_density_of_a_permalloy_pillar(efficiency, published):
    film = VACUUM_PERMEABILITY * SATURATION / 2 + 0.01
    assert macrospin.critical_current(efficiency, 0.01, SATURATION, 4.5e-9, film) == pytest.approx(published, rel=0.01)


def test_a_drive_that_is_switched_acts_while_it_is_on():
    pulse = Drive.of(([1e-9, 1e-9, 2e-9, 2e-9], [0, 1, 1, 0]), 3.0)
    assert pulse.at(np.array([0.5e-9, 1e-9, 1.5e-9, 2e-9, 3e-9])).tolist() == [0, 3, 3, 0, 0]
    pieces = [(low, high) for _, _, low, high in pulse.pieces(4e-9)]
    assert pieces == [(0, 0), (3, 3), (0, 0)]
    ramp = Drive.of(([0.0, 1e-9], [0, 1]), 2.0)
    assert [piece[2:] for piece in ramp.pieces(2e-9)] == [pytest.approx((0, 2), abs=1e-12), (2, 2)]
    motion = moment(0.0, polar=1.0)  # nothing but the torque: the polar angle tells how long it acted
    angle = {}
    for name, knots in (("step", ON), ("pulse", ([0, 0, 1e-9, 1e-9], [0, 1, 1, 0])), ("ramp", ([0, 1e-9], [0, 1]))):
        m = integrate(motion, Drive.of(knots, 1e-3), np.linspace(0, 2e-9, 5)).m[-1, 0]
        angle[name] = np.log(np.tan(np.arccos(m[2]) / 2))  # grows with the time integral of the factor
    start = np.log(np.tan(0.5))
    assert (angle["pulse"] - start) / (angle["step"] - start) == pytest.approx(1 / 2, abs=1e-8)
    assert (angle["ramp"] - start) / (angle["step"] - start) == pytest.approx(3 / 4, abs=1e-8)


def test_when_a_moment_switches():
    times = np.linspace(0, 1, 11)
    assert switching_time(times, np.cos(2 * times)) == pytest.approx(np.pi / 4, abs=1e-2)
    assert switching_time(times, np.cos(9.4 * times)) == pytest.approx(
        5 * np.pi / 2 / 9.4, abs=1e-2
    )  # for the last time
    assert switching_time(times, np.cos(6 * times)) is None


class Formula:
    """A torque by a formula where a device would be solved for; counts how often."""

    def __init__(self, *polarizers):
        self.polarizers, self.names, self.solves, self.noise = polarizers, ("free",), 0, 0.0

    def __call__(self, m):
        self.solves += 1
        found = np.zeros_like(m)
        for p in self.polarizers:
            cosine = (m * p).sum(axis=-1, keepdims=True)
            found += (np.cross(m, np.cross(p, m)) + 0.3 * np.cross(m, p)) / (2.2 - cosine)
        return found


@pytest.mark.parametrize(
    ("axis", "polarizers", "kind", "error"),
    [
        (UP, [UP], Axial, 1e-9),
        (UP, [UP, np.array([0.6, 0.0, 0.8])], Sphere, 1e-5),  # the axis is not one: that is found out
        (None, [np.array([0.0, 0.6, 0.8]), np.array([1.0, 0.0, 0.0])], Sphere, 1e-5),
    ],
)
def test_a_table_has_the_error_that_it_tells(axis, polarizers, kind, error):
    solve = Formula(*polarizers)
    table = tabulated(solve, axis, error)
    assert isinstance(table, kind) and table.error <= error and table.solves == solve.solves
    m = np.random.default_rng(3).standard_normal((200, 1, 3))
    m /= np.linalg.norm(m, axis=-1, keepdims=True)
    exact = solve(m)
    assert table(m) == pytest.approx(exact, abs=10 * error * np.abs(exact).max())
    assert np.abs((table(m) * m).sum(axis=-1)).max() < 1e-14
    poles = np.array([[[0.0, 0.0, 1.0]], [[0.0, 0.0, -1.0]]])
    assert table(poles) == pytest.approx(solve(poles), abs=10 * error)


def test_a_random_field_brings_m_to_equilibrium_and_a_seed_brings_it_back():
    temperature, volume, field = 300.0, 5e-25, 0.05
    times, still = np.linspace(0, 2e-9, 41), Drive.of(ON, 0.0)
    motion = moment(0.5, field=field, volume=volume)
    found = thermal(motion, still, times, temperature, seed=7, step=1e-12, copies=1500)
    ratio = SATURATION * volume * field / (BOLTZMANN * temperature)
    langevin = 1 / np.tanh(ratio) - 1 / ratio
    variance = 1 - langevin**2 - 2 * langevin / ratio
    # Copies are independent of one another, times beyond the relaxation time of 0.2 ns nearly so.
    assert found.m[10:, :, 0, 2].mean() == pytest.approx(langevin, abs=4 * np.sqrt(variance / 1500))
    assert np.linalg.norm(found.m, axis=-1) == pytest.approx(1, abs=1e-9)
    once, again, other = (thermal(motion, still, times, temperature, seed, 1e-12).m for seed in (1, 1, 2))
    assert np.array_equal(once, again) and not np.allclose(once, other)
