"""The spin current that a spin-orbit field keeps up without any drive."""

from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.study.results import Measurement
from spinfem.theory.spin_orbit import ELECTRON_MASS, equilibrium_current


class EquilibriumSpinCurrent(Observable, kind="equilibrium_spin_current"):
    """J0 of a two-dimensional gas with a spin-orbit field, for each direction in its plane, and the torque on the lattice for each length of an edge across it.

    A closed formula of the field and of the effective mass, J0_i = |e| hbar/(24 pi m*) sum of A_j x (A_i x A_j): it is no source of v and changes
    nothing that is solved for. It vanishes if and only if the field is a pure gauge. I. V. Tokatly, PRL 101, 106601 (2008); docs/spin_orbit_fields.md.
    """

    region: RegionName
    """The gas; its `terms.spin_orbit` says the effective_mass."""

    def faults(self, case, outline):
        field = case.regions[self.region].terms.get("spin_orbit")
        if field is None:
            yield "region", self.region, "has no spin-orbit field: give it terms: {spin_orbit: {rashba: 5 /um, ...}}"
        elif field.effective_mass is None:
            yield "region", self.region, "needs the effective_mass of its spin_orbit, e.g. effective_mass: 0.05"

    def measure(self, simulation):
        field = simulation.case.regions[self.region].terms["spin_orbit"]
        across = "xyz".index(field.normal[1])
        flow = equilibrium_current(field.field(), field.effective_mass * ELECTRON_MASS, across)
        for i, axis in enumerate("xyz"):
            if i != across:
                row = tuple(flow[i].tolist())
                torque = tuple((ANGULAR_MOMENTUM * flow[i]).tolist())
                yield Measurement(
                    f"{self.name}.{axis}", row, "A/m", note=f"J0 along {axis}, its components in spin space"
                )
                yield Measurement(
                    f"{self.name}.torque_{axis}",
                    torque,
                    "N",
                    note=f"hbar/(2e) J0, on each length of an edge facing +{axis}",
                )
