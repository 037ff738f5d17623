"""The same data by the one-dimensional formula that is fitted to lateral valves today, with widths and areas of the drawn device."""

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.fitting.full_model import with_values
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
        unit = device.length_unit
        area_unit = device.depth * unit ** (device.mesh.topology.dim - 1)
        injector = _area_and_centre(device, device.contacts[frozenset((self.injector, self.wire))], "dS")
        detector = _area_and_centre(device, device.contacts[frozenset((self.detector, self.wire))], "dS")
        cross_section = _area_and_centre(device, device.terminals[observable.minus], "ds")[0]
        self.areas = {self.injector: injector[0] * area_unit, self.detector: detector[0] * area_unit}
        self.cross_section = cross_section * area_unit
        self.separation = float(np.linalg.norm(injector[1] - detector[1])) * unit

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
            if abs(_barrier(case, region, self.wire)[1]) >= 1:
                raise NotAValve(f"it needs a contact of {region} that both spin directions pass")

    def resistance(self, case):
        material = case.regions[self.wire].material
        wire = Wire(material.conductivity, material.spin_diffusion_length, self.cross_section)
        injector, detector = (self._contact(case, region) for region in (self.injector, self.detector))
        return nonlocal_resistance(wire, injector, detector, self.separation)

    def _contact(self, case, region):
        material = case.regions[region].material
        resistance_area, polarization = _barrier(case, region, self.wire)
        return Contact(
            material.conductivity,
            material.spin_diffusion_length,
            material.polarization,
            self.areas[region],
            resistance_area,
            polarization,
        )


def _barrier(case, magnet, wire):
    """(AR, P) of the interface between a magnet and the wire; (inf, 1) where nothing passes."""
    for name in (f"{magnet}/{wire}", f"{wire}/{magnet}"):
        interface = case.interfaces.get(name)
        if interface is None:
            continue
        if interface.kind == "resistive":
            given = interface.polarization
            return interface.resistance_area, sum(given) if isinstance(given, tuple) else given
        up, down = interface.conductance_up, interface.conductance_down
        return (1 / (up + down), (up - down) / (up + down)) if interface.conducts else (np.inf, 1.0)
    return 0.0, 0.0


def _area_and_centre(device, tag, kind):
    """Of tagged facets, in drawing units: area, centre (d,). Collective."""
    mesh = device.mesh
    measure = ufl.Measure(kind, domain=mesh, subdomain_data=device.facet_tags)(tag)
    one, x = fem.Constant(mesh, np.float64(1.0)), ufl.SpatialCoordinate(mesh)

    def total(integrand):
        with compiling(mesh.comm):
            form = fem.form(integrand * measure)
        return mesh.comm.allreduce(fem.assemble_scalar(form), op=MPI.SUM)

    area = total(one)
    components = (x[i]("+") if kind == "dS" else x[i] for i in range(mesh.geometry.dim))
    return area, np.array([total(component) for component in components]) / area
