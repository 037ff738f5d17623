"""Resistance against the angle of one magnet."""

from typing import Annotated

import numpy as np
from pydantic import Field
from uncertainties import nominal_value

from spinfem.case.magnetization import Magnetization, Uniform
from spinfem.case.names import MagnetName, TerminalName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Angle
from spinfem.observables.drive import no_current, not_a_pair
from spinfem.observables.magnets import direction_of
from spinfem.study.ratio import ratio, resistance_noise
from spinfem.study.results import Chart, Measurement, Table

_SAME = 1e-9  # difference of two unit vectors that are one


class Magnetoresistance(Observable, kind="magnetoresistance"):
    """R = (phi_plus - phi_minus) / I_plus while the magnetization of a magnet turns about an axis.

    `ratio` is (largest R - smallest R) / smallest R over the angles; the curve is a table.
    """

    plus: TerminalName
    minus: TerminalName
    rotate: MagnetName
    axis: Magnetization = Uniform(direction=(0.0, 0.0, 1.0))
    """Direction about which it turns, right-handed, from the magnetization of the case."""
    angles: Annotated[tuple[Angle, ...], Field(min_length=2)] = (0.0, np.pi)

    def faults(self, case, outline):
        magnetization = case.magnets[self.rotate]
        if not magnetization.uniform:
            yield "rotate", self.rotate, "needs a uniform magnetization to turn"
        if not self.axis.uniform:
            yield "axis", str(self.axis), 'must be one direction, e.g. "+z"'
        elif magnetization.uniform:
            yield from self._stays(magnetization.direction)
        yield from not_a_pair(self.plus, self.minus)
        if why := no_current(case, self.plus):
            yield "plus", self.plus, why

    def _stays(self, m):
        """A fault if the magnetization m is the same at all angles."""
        if np.linalg.norm(np.cross(m, direction_of(self.axis))) < _SAME:
            message = f"lies along the magnetization of {self.rotate}, which turns about it without changing"
            yield "axis", str(self.axis), f"{message}; choose one across it"
        elif np.ptp([turned(m, direction_of(self.axis), angle) for angle in self.angles], axis=0).max() < _SAME:
            angles = [f"{np.degrees(angle):g} deg" for angle in self.angles]
            yield "angles", angles, "are all the same direction; a magnetoresistance needs two"

    def unit_of(self, name) -> str:
        return "" if name.endswith(".ratio") else "ohm"

    def measure(self, simulation):
        m = simulation.case.magnets[self.rotate].direction
        resistances, noise = [], 0.0
        for angle in self.angles:
            solution = simulation.solution({self.rotate: Uniform(direction=turned(m, direction_of(self.axis), angle))})
            resistances.append(solution.resistance(self.plus, self.minus))
            noise = max(noise, resistance_noise(solution, self.plus))
        low, *_, high = sorted(resistances, key=nominal_value)
        relative = ratio(high - low, low, noise, f"{self.plus}, {self.minus}", "the smallest resistance", "ohm")
        yield Measurement(f"{self.name}.smallest", low, "ohm")
        yield Measurement(f"{self.name}.largest", high, "ohm")
        yield Measurement(f"{self.name}.ratio", relative, "", note="(largest - smallest) / smallest")
        columns = {"angle": ("rad", np.array(self.angles)), "resistance": ("ohm", np.array(resistances))}
        chart = Chart(self.name, "angle", ("resistance",), x_label=f"angle of {self.rotate}")
        yield Table(self.name, columns, (chart,) if len(self.angles) > 2 else ())


def turned(vector, axis, angle):
    """`vector` turned about the unit vector `axis` by `angle` (Rodrigues' formula), as a tuple."""
    v, k = np.array(vector), np.array(axis)
    v = v * np.cos(angle) + np.cross(k, v) * np.sin(angle) + k * (k @ v) * (1 - np.cos(angle))
    return tuple(map(float, v))
