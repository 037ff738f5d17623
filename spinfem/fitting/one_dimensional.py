"""The same data by the one-dimensional formulas that are fitted to lateral valves today, with widths and areas of the drawn device."""

import numpy as np

from spinfem.case.barrier import barrier
from spinfem.fitting.data import observable_of
from spinfem.fitting.full_model import with_values
from spinfem.geometry.extent import area_and_centre, extent, volume_of
from spinfem.theory.hanle import finite_contacts, independent_contacts, turning
from spinfem.theory.lateral_valve import Contact, Wire

_FORMULAS = {"contacts": finite_contacts, "tunnel": independent_contacts}
_SHARE = {
    "parallel": 1.0,
    "antiparallel": -1.0,
    "difference": 2.0,
}  # of R_NL in the parallel state; as drawn: `_Valve.drawn`
_STRAIGHT = 1e-9  # how far from 1, or 0, the cosine of what is parallel, or perpendicular, may be


class NotAValve(ValueError):
    """The formula does not describe this device or this number; the message says why."""


class OneDimensional:
    """Callable: unknowns (k,) -> predicted (n,), by a formula for a long wire with contacts that are points.

    formula: "contacts", by Takahashi and Maekawa (spinfem.theory.lateral_valve), in a field across the magnets by Fukuma et al. (spinfem.theory.hanle);
    "tunnel", by Johnson and Silsbee, and Jedema et al.: contacts inject and detect as well as those, but take no spins out. Injector, wire and detector
    are the regions at the terminals of a `nonlocal_resistance`. The contacts' areas, their distance from centre to centre and the cross-section of the
    wire (at its terminal `minus`) are those of the mesh. Raises NotAValve. Collective to make, not to call.
    """

    def __init__(self, settings, data, unknowns, formula="contacts"):
        self._unknowns, self._size, self._resistance = unknowns, len(data.values), _FORMULAS[formula]
        self._parts = []  # (Setting, _Valve, rows, their share of R_NL in the parallel state)
        devices: dict = {}
        for setting in settings:
            for name in dict.fromkeys(data.names[row] for row in setting.rows):
                observable, suffix = _number(setting.case, name)
                key = id(setting.device), observable.name
                valve = devices[key] = devices.get(key) or _Valve(setting.device, observable)
                valve.check(setting.case)
                rows = [row for row in setting.rows if data.names[row] == name]
                self._parts.append((setting, valve, rows, _SHARE[suffix] if suffix else valve.drawn(setting.case)))

    def __call__(self, values):
        predicted = np.zeros(self._size)
        for setting, valve, rows, share in self._parts:
            case = with_values(setting.case, self._unknowns, values)
            predicted[rows] = share * self._resistance(*valve.numbers(case))
        return predicted


def _number(case, name):
    """(observable, which of its numbers) for the name of a measured number. Raises NotAValve."""
    observable = observable_of(case, name)
    if observable.kind != "nonlocal_resistance":
        raise NotAValve(f"it is about nonlocal_resistance, not {observable.kind}")
    suffix = name.removeprefix(observable.name).lstrip(".")
    if suffix and suffix not in _SHARE:
        raise NotAValve(f"it does not give {name}")
    return observable, suffix


class _Valve:
    """What the formulas need to know of a device."""

    def __init__(self, device, observable):
        at = {key: device.regions_at(getattr(observable, key)) for key in ("drive", "plus", "minus")}
        if any(len(regions) != 1 for regions in at.values()):
            raise NotAValve("its terminals must lie on one region each")
        self.injector, self.detector, self.wire = (at[key][0] for key in ("drive", "plus", "minus"))
        if len({self.injector, self.detector, self.wire}) < 3:
            raise NotAValve("it is for an injector and a detector on a wire")
        for region in (self.injector, self.detector):
            if frozenset((region, self.wire)) not in device.contacts:
                raise NotAValve(f"{region} and {self.wire} do not touch")
        others = {name for contact in device.contacts if self.wire in contact for name in contact}
        if others := others - {self.injector, self.detector, self.wire}:
            raise NotAValve(f"it knows nothing of {' and '.join(sorted(others))} at {self.wire}")
        magnets = (self.injector, self.detector)
        areas, centres = zip(
            *(area_and_centre(device, device.contact_facets(m, self.wire)) for m in magnets), strict=True
        )
        self.areas = dict(zip(magnets, areas, strict=True))
        self.cross_section, _ = area_and_centre(device, device.facets_of(observable.minus))
        self.separation = float(np.linalg.norm(centres[0] - centres[1]))
        low, high = extent(device, self.wire)
        length = (high - low)[np.argmax(np.abs(centres[0] - centres[1]))]
        if not 0.9 < volume_of(device, self.wire) / (self.cross_section * length) < 1.1:
            raise NotAValve(f"its wire has one cross-section, {self.wire} has pads, arms or bends")

    def check(self, case) -> None:
        """Raise NotAValve unless the formulas know what a Case's regions do."""
        wire = case.regions[self.wire]
        for name in (self.injector, self.wire, self.detector):
            if terms := case.regions[name].terms:
                raise NotAValve(f"it knows nothing of {' and '.join(terms)} in {name}")
        if wire.magnetization is not None:
            raise NotAValve(f"its wire is a normal metal, {self.wire} is not")
        if wire.material.mobility:
            raise NotAValve("carriers drift in its wire")
        magnets = [case.regions[name].magnetization for name in (self.injector, self.detector)]
        if None in magnets:
            raise NotAValve("its injector and detector are ferromagnets")
        if not all(m.uniform for m in magnets) or 1 - abs(np.dot(*(m.direction for m in magnets))) > _STRAIGHT:
            raise NotAValve("it is for magnets along one axis")
        if any(getattr(interface, "spin_memory_loss", 0) for interface in case.interfaces.values()):
            raise NotAValve("it has no spin memory loss")
        for region in (self.injector, self.detector):
            given = barrier(case, region, self.wire)
            if given is None or abs(given[1]) >= 1:
                raise NotAValve(f"it needs a contact of {region} that both spin directions pass")
        if field := np.linalg.norm(wire.magnetic_field or 0.0):
            along = abs(np.dot(wire.magnetic_field, magnets[0].direction)) / field
            if min(along, 1 - along) > _STRAIGHT:
                raise NotAValve("it is for fields along the magnets or across them")
            if wire.material.spin_lifetime_anisotropy != 1:
                raise NotAValve("its spins live as long in every direction")

    def drawn(self, case) -> float:
        """1 where the magnets of a Case are parallel, -1 where they are antiparallel."""
        return float(
            np.sign(np.dot(*(case.regions[name].magnetization.direction for name in (self.injector, self.detector))))
        )

    def numbers(self, case):
        """(Wire, Contact of the injector, of the detector, separation, omega tau of a field across the magnets) of a Case."""
        region = case.regions[self.wire]
        material = region.material
        wire = Wire(material.conductivity, material.spin_diffusion_length, self.cross_section)
        injector, detector = (self._contact(case, name) for name in (self.injector, self.detector))
        across = np.linalg.norm(
            np.cross(region.magnetic_field or np.zeros(3), case.regions[self.injector].magnetization.direction)
        )
        turn = turning(across, material.spin_lifetime, material.g_factor) if across else 0.0
        return wire, injector, detector, self.separation, turn

    def _contact(self, case, region):
        material = case.regions[region].material
        resistance_area, polarization = barrier(case, region, self.wire)
        return Contact(
            material.conductivity,
            material.spin_diffusion_length,
            material.polarization,
            self.areas[region],
            resistance_area,
            polarization,
        )
