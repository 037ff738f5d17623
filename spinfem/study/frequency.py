"""The device where all drives oscillate in phase: complex amplitudes of all that is linear in the solution.

    (A + i w C) u = f:   at the time t everything is  Re[u exp(i w t)].

The amplitudes of the drives are what the case gives. A reading is the complex amplitude of what the steady device shows, a ratio of two that of one over
that of the other, e.g. an impedance.
"""

import re

import numpy as np
from scipy.interpolate import CubicSpline

from spinfem.algebra.harmonic import Harmonic
from spinfem.formatting import humanize
from spinfem.geometry.quality import mesh_quality
from spinfem.model.drive import Drive
from spinfem.postprocessing.terminals import AtTerminal, TerminalReading
from spinfem.study.bars import apart, with_errors
from spinfem.study.evolving import Evolving
from spinfem.study.quantities import Quantities
from spinfem.study.readable import Unreadable, View, file_stem, grouped, numbers, observables_of
from spinfem.study.results import Caveat, Chart, Measurement, Table
from spinfem.study.solution import SEVERAL
from spinfem.study.trust import FEWEST

NAME = "frequency"
_TURN = 1.3 * np.exp(0.7j)  # what all drives are multiplied by: what is linear follows, a ratio stays
_FOLLOWS = 1e-6
_ROUNDING, _CHANGES = 1e-9, 1e-6  # of the largest number in the same unit; of its own size


class Phasor(Quantities):
    """The complex amplitude, times a factor, of what a Solution gives: real and imaginary part are Solutions of their own."""

    def __init__(self, real, imaginary, factor=1.0):
        self.parts, self._factor = (real, imaginary), factor
        self.problem, self.drive = real.problem, real.drive
        self.readings = {name: TerminalReading.of(self._at_terminal(name), self.layout) for name in real.readings}

    @property
    def layout(self):
        return self.parts[0].layout

    def _at_terminal(self, name):
        numbers = self._joined(AtTerminal(name))
        numbers[8] = np.nan  # a power is a product
        return numbers

    def read(self, functional):
        if not functional.linear:
            raise Unreadable(f"{type(functional).__name__} is not linear in the solution")
        return self._joined(functional)

    def _joined(self, functional):
        real, imaginary = (part.read(functional) for part in self.parts)
        return self._factor * (real + 1j * imaginary)

    def power_names(self):
        raise Unreadable("powers are not linear in the solution")

    @property
    def noise(self):
        """As of a Solution."""
        lost = abs(sum(reading.current for reading in self.readings.values()))
        return SEVERAL * max(self.parts[0].report.residual, lost / (self.largest_current or 1.0))

    @property
    def largest_current(self):
        """As of a Solution."""
        return max(reading.largest_current(self.layout) for reading in self.readings.values())

    def largest_potential(self):
        """As of a Solution."""
        return max(part.largest_potential() for part in self.parts)

    def __getattr__(self, name):
        raise Unreadable(f"it looks at `{name}`, which is not linear in the solution")


class Oscillation(View):
    """A Simulation at a frequency (Hz), all drives times a factor. `found` keeps the solutions, the same for all factors."""

    where, of_amplitudes = "at a frequency", True

    def __init__(self, simulation, frequency, factor=1.0, found=None):
        super().__init__(simulation)
        self._simulation, self._frequency, self._factor = simulation, frequency, factor
        self.found, self.iterations = {} if found is None else found, 0

    def turned(self, factor):
        """The same with other drives."""
        return Oscillation(self._simulation, self._frequency, factor, self.found)

    def solution(self, magnetizations=None, drive=None, spins=True, held=(), remember=True) -> Phasor:
        """As `Simulation.solution`."""
        drive = drive or self.drive
        key = (frozenset((magnetizations or {}).items()), repr(drive), spins, tuple(held))
        if key not in self.found:
            self.found[key] = self._solve(self._simulation.problem(magnetizations, spins, held), drive)
        real, imaginary = self.found[key]
        return Phasor(real, imaginary, self._factor)

    def _solve(self, problem, drive):
        evolving, omega = Evolving(self._simulation, problem), 2 * np.pi * self._frequency
        force, of_rate = evolving.loads(drive)
        of_rate.scale(omega)
        near, tolerance = self._simulation.operator(problem, omega), evolving.operator.tolerance
        harmonic = Harmonic(evolving.stiffness, evolving.capacity, near, omega)
        real, imaginary, self.iterations = harmonic.solve((force, of_rate), tolerance)
        u, w, rest = (
            real.array_r,
            imaginary.array_r,
            Drive.of(self.case, dict.fromkeys((*self.case.terminals, *self.case.magnets), 0.0)),
        )
        return (
            evolving.solution(u, -omega * w, drive, rest, tolerance),
            evolving.solution(w, omega * u, rest, drive.times(omega), tolerance),
        )


def response(simulation, progress=lambda what: None, twin=None):
    """Yields the Table of amplitudes and phases of a Simulation's case with `frequency`, bandwidths as Measurements, and Caveats on what the table
    does not hold.

    twin: a FinerTwin to see errors by. Collective. Raises SolveError.
    """
    case, (rows, refused) = simulation.case, _rows(simulation, progress)
    yield from (Caveat(f"{name} has no amplitude and phase: {why}") for name, why in refused.items())
    table, terminals = _table(case, rows), observables_of(case)[0].name
    if twin is not None:
        others, _ = _rows(twin.simulation, lambda what: progress(f"error estimate: {what}"))
        table = _compared(table, others, twin)
    yield table
    for name in (key.removesuffix(".amplitude") for key in table.columns if key.endswith(".amplitude")):
        amplitudes = table.columns[f"{name}.amplitude"][1]
        if not name.startswith(f"{terminals}.") and (found := bandwidth(case.frequency, amplitudes)) is not None:
            yield Measurement(
                f"{name}.bandwidth", found, "Hz", note="its amplitude is 3 dB less than at the lowest frequency"
            )


def _rows(simulation, progress):
    """(name -> (amplitude, unit) at each frequency, observable -> why it has none)."""
    case, rows, refused = simulation.case, [], {}
    for k, frequency in enumerate(case.frequency):
        progress(f"frequency {k + 1} of {len(case.frequency)}")
        view, row = Oscillation(simulation, frequency), {}
        for observable in observables_of(case):
            if observable.name in refused:
                continue
            try:
                row |= _amplitudes(observable, view)
            except Unreadable as error:
                refused[observable.name] = str(error)
        rows.append(row)
    return rows, refused


def _compared(table, others, twin):
    """The Table with the differences to the amplitudes of a twin, of which real and imaginary part can be off by no more."""
    found = _joined(others)
    differences = {}
    for name in (key.removesuffix(".amplitude") for key in table.columns if key.endswith(".amplitude")):
        unit, real = table.columns[f"{name}.real"]
        values = real + 1j * table.columns[f"{name}.imaginary"][1]
        differences[name] = unit, apart(values, found.get(name, np.full(len(values), np.nan)))
    return with_errors(
        table, differences, f"of amplitude, real and imaginary part: difference to {twin.words} on the same mesh"
    )


def bandwidth(frequencies, amplitudes):
    """The first frequency at which the amplitude is 1/sqrt(2) of that at the lowest one, half the power, in Hz; None where it never is. Cubic between
    rows, on logarithmic axes."""
    good = np.isfinite(amplitudes) & (np.asarray(amplitudes) > 0)
    if good.sum() < 2 or not good[0]:
        return None
    course = CubicSpline(np.log(np.asarray(frequencies)[good]), np.log(np.asarray(amplitudes)[good]))
    found = course.solve(np.log(amplitudes[0] / np.sqrt(2)), extrapolate=False)
    return float(np.exp(found[0])) if found.size else None


def unresolved(case, device):
    """What to warn of where spins reach less far, at the highest frequency, than cells at contacts are long: a sentence. Collective."""
    highest = max(case.frequency)
    reach = {name: _reach(region.material, 2 * np.pi * highest) for name, region in case.regions.items()}
    contacts = mesh_quality(device, reach).contacts
    coarse = sorted("/".join(sorted(pair)) for pair, contact in contacts.items() if contact.across[1] < FEWEST)
    if coarse:
        yield (
            f"at {humanize(highest, 'Hz')} spins reach less far than a cell is long at {', '.join(coarse)}: amplitudes and phases are rough there; "
            "a finer mesh resolves it (`mesh: resolution`)"
        )


def _reach(material, omega):
    """lambda/|sqrt(1 + i w tau)|, m."""
    return material.spin_diffusion_length / abs(np.sqrt(1 + 1j * omega * material.spin_lifetime))


def _amplitudes(observable, view):
    """Name -> (complex number, unit) of what is linear in the solution, or a ratio of such numbers. Raises Unreadable where nothing is."""
    own, turned = numbers(observable, view), numbers(observable, view.turned(_TURN))
    found = {}
    for name, (value, unit) in own.items():
        other = turned[name][0]
        follows = min(abs(other - _TURN * value), abs(other - value)) <= _FOLLOWS * abs(value)
        if np.iscomplexobj(value) and (follows or not value):
            found[name] = (value, unit)
    if own and not found:
        raise Unreadable("it is not linear in the solution")
    return found


def _table(case, rows):
    frequencies = np.array(case.frequency)
    units = {name: unit for row in rows for name, (_, unit) in row.items()}
    amplitudes = _joined(rows)
    amplitudes = {name: values for name, values in amplitudes.items() if np.any(values)}
    columns = {"frequency": ("Hz", frequencies)}
    for name, values in amplitudes.items():
        parts = {"amplitude": np.abs(values), "real": values.real, "imaginary": values.imag}
        columns |= {f"{name}.{part}": (units[name], numbers) for part, numbers in parts.items()}
        columns[f"{name}.phase"] = ("rad", _phase(values))
    for name in (blank := list(_nothing(amplitudes, units))):
        columns[f"{name}.phase"] = ("rad", np.full(len(rows), np.nan))  # of the solver's noise
    shown = {name: units[name] for name in _worth_a_picture(amplitudes, units)}
    notes = (f"zero up to the solver's noise, so without a phase: {', '.join(blank)}",) if blank else ()
    return Table(NAME, columns, tuple(chart for group in grouped(case, shown) for chart in _charts(group)), notes)


def _joined(rows):
    """Name -> its amplitudes at all frequencies, not a number where it has none."""
    nowhere = complex(np.nan, np.nan)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, (nowhere,))[0] for row in rows]) for name in names}


def _charts(group):
    """Bode's, amplitude and phase of all of a Group, and Nyquist's of each; spin currents at terminals are left to the table."""
    if group.kind == "terminals" and group.words.startswith("spin current"):
        return
    for part, log in (("amplitude", "xy"), ("phase", "x")):
        names = tuple(f"{name}.{part}" for name in group.names)
        yield Chart(f"bode_{group.stem}_{part}", "frequency", names, y_label=f"{part} of {group.words}", log=log)
    for name in group.names:
        real, imaginary = f"{name}.real", f"{name}.imaginary"
        words = re.sub("[_.]", " ", name)
        yield Chart(
            f"nyquist_{file_stem(name)}", real, (imaginary,), x_label=f"Re {words}", y_label=f"Im {words}", equal=True
        )


def _phase(values):
    """Continuous along the frequencies."""
    angles = np.angle(values)
    good = np.isfinite(angles)
    angles[good] = np.unwrap(angles[good])
    return angles


def _nothing(amplitudes, units):
    """Names of what is zero up to rounding, next to what counts alike, at all frequencies."""
    largest = _largest(amplitudes, units)
    for name, values in amplitudes.items():
        if np.nanmax(np.abs(values), initial=0.0) <= _ROUNDING * largest[units[name]]:
            yield name


def _largest(amplitudes, units):
    """Unit -> the largest amplitude that counts in it."""
    largest = {}
    for name, values in amplitudes.items():
        largest[units[name]] = max(largest.get(units[name], 0.0), np.nanmax(np.abs(values), initial=0.0))
    return largest


def _worth_a_picture(amplitudes, units):
    """Names of what changes with the frequency, and is more than rounding next to what counts alike."""
    largest = _largest(amplitudes, units)
    for name, values in amplitudes.items():
        values = values[np.isfinite(values)]
        size = np.abs(values).max(initial=0.0)
        if size > _ROUNDING * largest[units[name]] and np.ptp(values.real) + np.ptp(values.imag) > _CHANGES * size:
            yield name
