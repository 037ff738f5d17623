"""The same data by the one-dimensional formula that is fitted to lateral valves today, with widths and areas of the drawn device."""

import numpy as np

from spinfem.case.barrier import barrier
from spinfem.fitting.full_model import with_values
from spinfem.geometry.extent import area_and_centre
from spinfem.theory.lateral_valve import Contact, Wire, nonlocal_resistance

_SHARE = {"": 1.0, "parallel": 1.0, "antiparallel": -1.0, "difference": 2.0}  # of R_NL in the parallel state


class NotAValve(ValueError):
    """The formula does not describe this device or this number; the message says why."""


class OneDimensional:
    """Callable: unknowns (k,) -> predicted (n,), by Takahashi and Maekawa (spinfem.theory.lateral_valve).

    Injector, wire and detector are the regions at the terminals of a `nonlocal_resistance`. The contacts' areas, their distance from
    centre to centre and the cross-section of the wire (at its terminal `minus`) are those of the mesh. Raises NotAValve. Collective to make, not to call.
    """

    def __init__(self, settings, observable, name, unknowns):
        if observable.kind != "nonlocal_resistance":
            raise NotAValve(f"it is about nonlocal_resistance, not {observable.kind}")
        suffix = name.removeprefix(observable.name).lstrip(".")
        if suffix not in _SHARE:
            raise NotAValve(f"it does not give {name}")
        self._share, self._unknowns, self._settings = _SHARE[suffix], unknowns, settings
        self._valves = [_Valve(setting.device, observable) for setting in settings]
        for setting, valve in zip(settings, self._valves, strict=True):
            valve.check(setting.case, as_drawn=not suffix)

    def __call__(self, values):
        predicted = np.zeros(sum(len(setting.rows) for setting in self._settings))
        for setting, valve in zip(self._settings, self._valves, strict=True):
            case = with_values(setting.case, self._unknowns, values)
            predicted[setting.rows] = self._share * valve.resistance(case)
        return predicted


class _Valve:
    """What the formula needs to know of a device."""

    def __init__(self, device, observable):
        at = {key: device.regions_at(getattr(observable, key)) for key in ("drive", "plus", "minus")}
        if any(len(regions) != 1 for regions in at.values()):
            raise NotAValve("its terminals must lie on one region each")
        self.injector, self.detector, self.wire = (at[key][0] for key in ("drive", "plus", "minus"))
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

    def check(self, case, as_drawn) -> None:
        """Raise NotAValve unless the formula knows what a Case's regions do. as_drawn: magnets as they are drawn, which must be parallel then."""
        if case.regions[self.wire].magnetization is not None:
            raise NotAValve(f"its wire is a normal metal, {self.wire} is not")
        magnets = [case.regions[name].magnetization for name in (self.injector, self.detector)]
        if None in magnets:
            raise NotAValve("its injector and detector are ferromagnets")
        if as_drawn and not (all(m.uniform for m in magnets) and np.dot(*(m.direction for m in magnets)) > 1 - 1e-9):
            raise NotAValve("it is for magnets that are drawn parallel, or for an observable with `flip`")
        if all(m.uniform for m in magnets) and abs(np.dot(*(m.direction for m in magnets))) < 1 - 1e-9:
            raise NotAValve("it is for magnets along one axis")
        if any(getattr(interface, "spin_memory_loss", 0) for interface in case.interfaces.values()):
            raise NotAValve("it has no spin memory loss")
        for region in (self.injector, self.detector):
            given = barrier(case, region, self.wire)
            if given is None or abs(given[1]) >= 1:
                raise NotAValve(f"it needs a contact of {region} that both spin directions pass")

    def resistance(self, case):
        material = case.regions[self.wire].material
        wire = Wire(material.conductivity, material.spin_diffusion_length, self.cross_section)
        injector, detector = (self._contact(case, region) for region in (self.injector, self.detector))
        return nonlocal_resistance(wire, injector, detector, self.separation)

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
