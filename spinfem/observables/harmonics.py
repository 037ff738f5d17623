"""Linear and quadratic response of a voltage to a current, with heat."""

from spinfem.observables.nonlocal_resistance import NonlocalResistance
from spinfem.study.ratio import resistance
from spinfem.study.results import Measurement


class Harmonics(NonlocalResistance, kind="harmonics"):
    """R_1 and R_2 of a voltage R_1 I + R_2 I^2 + ..., read at one and at two times the frequency of the current.

    The voltage is phi_plus - phi_minus, I = I_drive, positive into the device. R_1 has spin injection and Peltier heat that thermocouples and thermal
    spin injection turn into a voltage, R_2 Joule heat likewise (F. L. Bakker et al., PRL 105, 136601 (2010); A. Slachter et al.,
    Nature Physics 6, 879 (2010)). With `flip`, of each in the parallel and the antiparallel state (see `nonlocal_resistance`), their difference, the
    `signal`, and their mean, the `baseline`. A lock-in amplifier shows the rms value of each harmonic of I_0 sin(w t): of the second one
    R_2 I_0^2/(2 sqrt 2), in quadrature.
    """

    def faults(self, case, outline):
        yield from super().faults(case, outline)
        if case.heat is None:
            yield "name", self.name, "needs the temperature: say so, e.g. `heat: 300 K` at the top of the case"

    def unit_of(self, name):
        return "V/A^2" if ".R_2" in name else "ohm"

    def measure(self, simulation):
        states, side, caveats = self._states(simulation)
        yield from caveats
        first = {name: resistance(state, self.plus, self.minus, self.drive) for name, state in states.items()}
        yield from self._all("R_1", first, "ohm", side)
        second = {name: self._quadratic(simulation, state, first[name]) for name, state in states.items()}
        yield from self._all("R_2", second, "V/A^2", side)

    def _all(self, order, values, unit, side):
        place = f"({self.plus} - {self.minus}), I({self.drive})"
        for name, value in values.items():
            yield Measurement(f"{self.name}.{order}.{name}".rstrip("."), value, unit, note=place)
        if len(values) == 2:
            one, other = values.values()
            words = ("P - AP", "(P + AP)/2") if side else ("as drawn - reversed", "their mean")
            yield Measurement(f"{self.name}.{order}.signal", one - other, unit, note=words[0])
            yield Measurement(f"{self.name}.{order}.baseline", (one + other) / 2, unit, note=words[1])

    def _quadratic(self, simulation, linear, first):
        """R_2. Where a voltage is given, the current has a part of second order too."""
        at = simulation.second_order(linear).readings
        voltage = at[self.plus].potential - at[self.minus].potential
        return (voltage - first * at[self.drive].current) / linear.readings[self.drive].current ** 2
