"""How warm it gets, and where the heat goes."""

import numpy as np

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.observables.places import outside
from spinfem.study.results import Measurement


class Temperature(Observable, kind="temperature"):
    """How warm a device gets at what drives it, with Joule heat, and where the heat goes.

    The rise of the temperature above the reference: mean, highest and lowest of regions, at points. Heat currents into the device at terminals, into
    a substrate, and the balance of all of them. The state is found by repeated substitution; `unsettled_defect` is by how much, relative to the
    largest rise, its last step changed temperatures.
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
        return (
            "W" if last in ("heat_current", "to_substrate") else "" if last in ("balance", "unsettled_defect") else "K"
        )

    def measure(self, simulation):
        heated, case = simulation.heated(), simulation.case
        above = f"above {case.heat.reference:g} K"
        for name, value in self._rises(heated.solution, case):
            yield Measurement(f"{self.name}.{name}", value, "K", note=above)
        flows = {name: reading.scalars["T"][1] for name, reading in heated.solution.readings.items()}
        for name, flow in flows.items():
            condition = case.terminals[name].of_scalar("heat")
            if condition.holds or condition.uniform:
                yield Measurement(f"{self.name}.{name}.heat_current", flow, "W", note="into the device")
        from spinfem.postprocessing.temperature import lost

        if away := lost(heated.solution, "T"):
            yield Measurement(f"{self.name}.to_substrate", away, "W", note="from all films on it")
        powers = [reading.power for reading in heated.solution.readings.values()]
        power = heated.solution.power_behind_leads()
        size = sum(map(abs, (*flows.values(), *powers, power, away)))
        balance = abs(sum(flows.values()) + power - away) / size if size else 0.0
        yield Measurement(f"{self.name}.balance", balance, "", note="what enters and does not leave / all of it")
        yield Measurement(f"{self.name}.unsettled_defect", heated.change, "", note=f"after {heated.steps} solutions")

    def _rises(self, solution, case):
        """(name, K) of regions and of points."""
        from spinfem.postprocessing.temperature import (
            MeanScalar,
            extremes,
        )  # slow to import, not needed to check a case

        for region in self.regions or case.regions:
            low, high = extremes(solution, "T", region)
            yield f"{region}.mean", float(solution.read(MeanScalar("T", region)))
            yield f"{region}.maximum", high
            yield f"{region}.minimum", low
        if self.points:
            rises = solution.scalar_at("T", list(self.points.values()))
            yield from zip(self.points, rises.tolist(), strict=True)
