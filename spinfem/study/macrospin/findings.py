"""What is read off the motion of magnets: m against time, spectra, switching times, the critical current."""

import numpy as np
from scipy.signal import periodogram

from spinfem.study.macrospin.back_action import back_action_of
from spinfem.study.macrospin.equation import Motion
from spinfem.study.macrospin.moments import moments_of
from spinfem.study.macrospin.threshold import NoThreshold, threshold
from spinfem.study.macrospin.torque import NoTable, OnDemand, torque_of
from spinfem.study.macrospin.trajectory import Drive, integrate, thermal
from spinfem.study.results import Caveat, Chart, Measurement, Table

NAME = "dynamics"  # what the names of its numbers begin with
_STILL = 1e-4  # root mean square of m about its mean, below which there is nothing to have a spectrum
_COARSE = 1.0  # rad from row to row
_SHOWN = 6  # times the frequency of the peak: how far a spectrum is told


def motion_of(simulation, torque=None) -> Motion:
    """The Motion of the magnets of a case with `dynamics`; torque: instead of what the case asks for. Collective. Raises NoTable, SolveError."""
    moments = moments_of(simulation.case, simulation.device)
    return Motion(moments, torque or torque_of(simulation), back_action_of(simulation, moments))


def measure(simulation):
    """Yields what the `dynamics` of a case find. Collective. Raises SolveError."""
    dynamics = simulation.case.dynamics
    try:
        motion = motion_of(simulation)
    except NoTable as error:
        yield Caveat(
            f"dynamics: no table of the torque agrees with the solutions (it {error}); it is solved for at every step"
        )
        motion = motion_of(simulation, OnDemand(simulation, tuple(dynamics.magnets)))
    if motion.torque.solves and not isinstance(motion.torque, OnDemand):
        note = f"of the torque between {motion.torque.solves} directions, relative to its largest"
        yield Measurement(f"{NAME}.torque_table_defect", motion.torque.error, "", note=note)
    if dynamics.threshold is not None:
        yield from _critical(motion, dynamics, _current_of_case(simulation.case))
    simulation.progress("moving the magnets")
    trajectory = _trajectory(motion, dynamics, _factor(simulation.case))
    for k, name in enumerate(motion.moments.names):
        if motion.back_action is not None and dynamics.magnets[name].pumping:
            m, added = motion.moments.start[k], motion.back_action.damping[k]
            mean = float(m @ added @ m)  # of the two axes across it
            yield Measurement(f"{NAME}.{name}.pumping_damping", mean, "", note="added to its damping, at the start")
        yield from _of_magnet(motion, trajectory, dynamics, k, name)


def _current_of_case(case):
    """The current into `drive.terminal` that the case gives, A."""
    return case.terminals[case.dynamics.drive.terminal].driven["currents"]


def _factor(case):
    """Of the drive of the case."""
    drive = case.dynamics.drive
    if drive.current is not None:
        return drive.current / _current_of_case(case)
    return 1.0 if drive.factor is None else drive.factor


def _trajectory(motion, dynamics, factor):
    times = np.linspace(0.0, dynamics.until, dynamics.rows)
    drive = Drive.of(dynamics.drive.knots, factor)
    if dynamics.temperature:
        return thermal(motion, drive, times, dynamics.temperature, dynamics.seed, dynamics.time_step)
    return integrate(motion, drive, times)


def _critical(motion, dynamics, unit):
    try:
        found = threshold(motion, dynamics.threshold.start / unit, dynamics.threshold.end / unit)
    except NoThreshold as error:
        yield Caveat(f"dynamics: no critical current was found: {error}")
        return
    terminal = dynamics.drive.terminal
    yield Measurement(f"{NAME}.critical_current", found.factor * unit, "A", note=f"into {terminal}, from growth rates")
    yield Measurement(f"{NAME}.critical_frequency", found.frequency, "Hz", note="at which the motion begins there")


def _of_magnet(motion, trajectory, dynamics, k, name):
    m, times = trajectory.m[:, k], trajectory.times
    turned = np.arccos(np.clip((m[1:] * m[:-1]).sum(axis=1), -1, 1)).max()
    if turned > _COARSE:
        yield Caveat(
            f"dynamics: {name} turns by up to {np.degrees(turned):.0f} degrees from one row to the next; tell more `rows` to see it move"
        )
    yield _table(motion, trajectory, k, name)
    late = times >= dynamics.measured_from
    mean = m[late].mean(axis=0)
    since = f"from {dynamics.measured_from * 1e9:.4g} ns on"
    time = switching_time(times, m @ _reference(motion.moments, k))
    side = "; it ends on the side where it began" if time is None else ""
    yield Measurement(f"{NAME}.{name}.mean", tuple(mean.tolist()), "", note=f"x, y, z of m, {since}{side}")
    if time is not None:
        yield Measurement(f"{NAME}.{name}.switching_time", time, "s", note="when m last left the side where it began")
    spread = float(np.sqrt(((m[late] - mean) ** 2).sum(axis=1).mean()))
    yield Measurement(f"{NAME}.{name}.amplitude", spread, "", note=f"of m about its mean, root mean square, {since}")
    if spread > _STILL:
        frequencies, density = spectrum(times[late], m[late])
        peak = peak_of(frequencies, density)
        yield Measurement(f"{NAME}.{name}.frequency", peak, "Hz", note=f"where its spectrum is largest, {since}")
        yield _spectrum_table(frequencies, density, peak, name)


def _reference(moments, k):
    """The axis by whose sign it is told which way a moment points: that of an easy axis, else its start."""
    return moments.axis[k] if moments.anisotropy[k] > 0 else moments.start[k]


def switching_time(times, along):
    """When m(t).u, told at `times`, changed its sign for the last time, s, if it ends with another sign than it began with; else None."""
    if along[0] * along[-1] >= 0:
        return None
    last = np.flatnonzero(along * along[-1] <= 0)[-1]
    share = along[last] / (along[last] - along[last + 1])
    return float(times[last] + share * (times[last + 1] - times[last]))


def spectrum(times, m):
    """(frequencies, Hz; power density, s = 1/Hz, of the three components together) of m (n, 3), its mean left out, through Hann's window."""
    frequencies, density = periodogram(m, 1 / (times[1] - times[0]), window="hann", detrend="constant", axis=0)
    return frequencies, density.sum(axis=1)


def peak_of(frequencies, density) -> float:
    """Where a spectrum is largest, Hz. Between two frequencies it is found from the amplitudes at the largest and its neighbours, which for a pure tone
    through Hann's window are in proportion to 1/(1 - d²), 1/[(1 ∓ d)(2 ∓ d)] at a distance d: so d = 2 (high - low)/(low + 2 top + high)."""
    k = int(np.clip(np.argmax(density), 1, len(density) - 2))
    low, top, high = np.sqrt(density[k - 1 : k + 2])
    shift = 2 * (high - low) / (low + 2 * top + high) if top else 0.0
    return float(frequencies[k] + shift * (frequencies[1] - frequencies[0]))


def _table(motion, trajectory, k, name):
    m = trajectory.m[:, k]
    columns = {"t": ("s", trajectory.times), "drive": ("", trajectory.factors)}
    columns |= {f"m_{axis}": ("", values) for axis, values in zip("xyz", m.T, strict=True)}
    columns["energy"] = ("J", motion.energy(trajectory.m)[:, k])
    components = ("m_x", "m_y", "m_z")
    charts = (
        Chart(f"motion_{name}", "t", components, x_label="time", y_label=f"magnetization of {name}"),
        Chart(f"trajectory_{name}", "m_x", ("m_y",), z="m_z", sphere=True),
    )
    return Table(f"motion_{name}", columns, charts)


def _spectrum_table(frequencies, density, peak, name):
    shown = frequencies <= max(_SHOWN * peak, frequencies[min(20, len(frequencies) - 1)])
    shown[0] = False  # the mean, which was taken out
    columns = {"frequency": ("Hz", frequencies[shown]), "power_density": ("s", density[shown])}
    chart = Chart(f"spectrum_{name}", "frequency", ("power_density",), log="y", y_label=f"power density of m of {name}")
    return Table(f"spectrum_{name}", columns, (chart,))
