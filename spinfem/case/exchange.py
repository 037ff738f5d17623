"""Coupling of two magnets that no current causes."""

from pydantic import Field, model_validator

from spinfem.case.names import MagnetName
from spinfem.case.quantity import Area, EnergyPerArea
from spinfem.case.validation import Checked


class Exchange(Checked):
    """E/area = - J m_1.m_2 of two magnets beside one another, or across a layer: electrons reflected between them (RKKY),
    tunnelling (J. C. Slonczewski, PRB 39, 6995 (1989)), pinholes.

    At zero voltage it is the torque there is between them, J m_1 x m_2, ~ sin(theta); `spinfem.theory.interface.exchange_coupling` gives it for a
    barrier (with the other sign).
    """

    between: tuple[MagnetName, MagnetName]
    """Two magnets, of which one at least moves."""
    energy: EnergyPerArea
    """J; negative: they like to be antiparallel."""
    area: Area | None = Field(default=None, gt=0)
    """Over which they are coupled; default: that of their contact, or the smaller of those with the layer between them."""

    @model_validator(mode="after")
    def _of_two(self):
        if self.between[0] == self.between[1]:
            raise ValueError("couples a magnet with itself; name two")
        return self

    def faults(self, case):
        """(key, value, message) of what does not fit the Case."""
        if not set(self.between) & set(case.dynamics.magnets):
            yield (
                "between",
                list(self.between),
                f"has no magnet that moves; these do: {', '.join(case.dynamics.magnets)}",
            )
        for name in self.between:
            if name in case.magnets and not case.magnets[name].uniform:
                yield "between", name, "is a texture: a macrospin is uniform"
