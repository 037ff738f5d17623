"""Scalar unknowns beside the charge potential and the spin potential, such as a temperature: what the physics says of one.

In the operator every unknown is a potential in V and all that flows is counted in A, so that no block of it is larger than another by its unit.
"""

from dataclasses import dataclass

MAGNONS = "mu_m"  # of the chemical potential of magnons


@dataclass(frozen=True)
class ScalarField:
    """A field by its `name`, under which forms find it: u["T"]. A Term brings it in (`Term.scalar_fields`)."""

    name: str
    key: str  # of its conditions at terminals (`spinfem.case.conditions.SCALARS`); "" where nothing of it ever passes one
    title: str  # in words
    unit: str  # SI
    flow: str  # symbol of the density of what flows
    flow_title: str
    flow_unit: str  # of what flows
    per_volt: float  # how much of it, in its unit, 1 V of the unknown is
    per_ampere: float  # how much flows, in its unit, for 1 A of the operator
    regions: tuple[str, ...]  # where it lives; elsewhere it is no unknown
    reference: float = 0.0  # its value where the unknown is 0, from which all values of it are counted
    works: bool = False  # is what flows, times the unknown, a power? (Not of heat: it is one by itself.)

    def conductance(self, amount):
        """What flows for each unit of the field, in their own units (W/K), as a conductance in S; likewise for each area, for each length."""
        return amount * self.per_volt / self.per_ampere

    @property
    def label(self):
        """Of its values in files, counted from the reference: T - T0 [K]."""
        return f"{self.name} - {self.name}0 [{self.unit}]" if self.reference else f"{self.name} [{self.unit}]"

    @property
    def flow_label(self):
        """Of the density of what flows: Q [W/m^2]."""
        return f"{self.flow} [{self.flow_unit}/m^2]"
