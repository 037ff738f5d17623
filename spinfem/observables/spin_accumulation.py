"""The spin potential under contacts."""

import numpy as np

from spinfem.case.names import InterfaceName, RegionName, sides
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.observables.places import outside
from spinfem.observables.vectors import magnitude
from spinfem.study.results import Measurement


class SpinAccumulation(Observable, kind="spin_accumulation"):
    """Spin potential v averaged over the area of a contact, on the side of one of its regions; and at points.

    Without arguments: under every contact between a ferromagnet and a normal metal, on the side of the metal.
    """

    contact: InterfaceName | None = None
    side: RegionName | None = None
    points: dict[str, tuple[Length, Length, Length]] = {}
    """Places by name, `middle: [0 nm, 50 nm, 20 nm]`: v there instead."""

    def faults(self, case, outline):
        if self.side is not None and self.contact is None:
            yield "side", self.side, "is the side of a contact; name the contact too"
        elif self.contact is not None and self.points:
            yield "points", sorted(self.points), "are an observable of their own, apart from that of a contact"
        elif self.side is not None and self.side not in sides(self.contact):
            yield "side", self.side, f"must be one of the two sides of the contact: {' or '.join(sides(self.contact))}"

    def misplaced(self, device):
        for name, place in self.points.items():
            yield from outside(device, np.array([place]), None, f"points.{name}")

    def measure(self, simulation):
        solution = simulation.solution()
        if self.points:
            _, values = solution.at(np.array(list(self.points.values())))
            for name, v in zip(self.points, values, strict=True):
                yield Measurement(f"{self.name}.{name}", tuple(v.tolist()), "V", note="v at this point")
            return
        for pair, side in self._places(simulation):
            _, v = solution.contact_average(pair, side)
            name = f"{self.name}.{'/'.join(pair)}"
            yield Measurement(name, tuple(v.tolist()), "V", note=f"mean v on the side of {side}")
            yield Measurement(f"{name}.magnitude", magnitude(v), "V", note="|mean v|")

    def _places(self, simulation):
        if self.contact is not None:
            pair = sides(self.contact)
            return [(pair, self.side or pair[0])]
        regions = simulation.case.regions
        places = []
        for contact in simulation.device.contacts:
            magnets, metals = (
                [name for name in sorted(contact) if (regions[name].magnetization is not None) is magnetic]
                for magnetic in (True, False)
            )
            if magnets and metals:
                places.append(((metals[0], magnets[0]), metals[0]))
        return sorted(places)
