"""How warm it gets, and where the heat goes."""

import numpy as np

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.observables.places import outside
from spinfem.study.results import Measurement


class Temperature(Observable, kind="temperature"):
    """The rise of the temperature above the reference at what drives the device, with Joule heat: mean, highest and lowest of regions, at points; heat currents
    into the device at terminals, into a substrate; the balance of all of them.

    The state is found by repeated substitution; the error of each number holds by how much the last step still changed it.
    """

    regions: tuple[RegionName, ...] = ()
    """Those to be measured; default: all."""
    points: dict[str, tuple[Length, Length, Length]] = {}
    """Places by name, `middle: [0 nm, 50 nm, 20 nm]`."""

    def faults(self, case, outline):
        if case.heat is None:
            yield "name", self.name, "is not computed: say so, e.g. `heat: 300 K` at the top of the case"

    def misplaced(self, device):
        for name, place in self.points.items():
            yield from outside(device, np.array([place]), None, f"points.{name}")

    def unit_of(self, name):
        last = name.rpartition(".")[2]
        return "W" if last in ("heat_current", "to_substrate") else "" if last == "balance" else "K"

    def measure(self, simulation):
        from spinfem.postprocessing.temperature import (
            MeanScalar,
            extremes,
            lost,
        )  # slow to import, and not needed to check a case

        heated = simulation.heated()
        solution, change = heated.solution, heated.change
        above = f"above {simulation.case.heat.reference:g} K"
        for region in self.regions or simulation.case.regions:
            mean, (low, high) = float(solution.read(MeanScalar("T", region))), extremes(solution, "T", region)
            for what, value in (("mean", mean), ("maximum", high), ("minimum", low)):
                yield Measurement(f"{self.name}.{region}.{what}", value, "K", change * abs(value), above)
        if self.points:
            rises = solution.scalar_at("T", list(self.points.values())) - simulation.case.heat.reference
            for name, value in zip(self.points, rises.tolist(), strict=True):
                yield Measurement(f"{self.name}.{name}", value, "K", change * abs(value), f"{above}, at this point")
        entering = 0.0
        for terminal, reading in solution.readings.items():
            flow = reading.scalars["T"][1]
            entering += flow + reading.power
            condition = simulation.case.terminals[terminal].of_scalar("heat")
            if condition.holds or condition.uniform:
                yield Measurement(
                    f"{self.name}.{terminal}.heat_current", flow, "W", change * abs(flow), "into the device"
                )
        if away := lost(solution, "T"):
            yield Measurement(f"{self.name}.to_substrate", away, "W", change * abs(away), "from all films on it")
        turned_over = sum(abs(n) for r in solution.readings.values() for n in (r.scalars["T"][1], r.power)) + abs(away)
        balance = abs(entering - away) / turned_over if turned_over else 0.0
        yield Measurement(
            f"{self.name}.balance", balance, "", note="power and heat that enter and do not leave / all of it"
        )
