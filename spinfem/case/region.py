"""A region of the device: a material, and a magnetization if it is a ferromagnet."""

from pydantic import Field, PrivateAttr, model_validator

from spinfem.case.idle import field_turns_spins, idle_numbers
from spinfem.case.kinds import AnyTerms
from spinfem.case.magnetic_field import MagneticField
from spinfem.case.magnetization import Magnetization
from spinfem.case.magnetization.following import Following
from spinfem.case.materials import Material
from spinfem.case.quantity import Length, NamedThickness
from spinfem.case.validation import Checked, or_text
from spinfem.constants import LORENZ


class Region(Checked):
    """A piece of metal, or of an insulating magnet. `wire: Cu @ 4 K` is short for `wire: {material: Cu @ 4 K}`."""

    material: Material
    """A name of the library (`spinfem materials`) or of the case's own `materials`, or a mapping with the values."""
    thickness: NamedThickness | None = None
    """For which thickness its material's tables and formulas are taken: a length, or the name of a parameter of the drawing or of a layer."""
    magnetization: Magnetization | None = None
    """Direction of the magnetization of a ferromagnet."""
    dephasing_length: Length | None = Field(default=None, gt=0)
    """Weak ferromagnet: over what length spins across the magnetization lose their phase."""
    precession_length: Length | None = Field(default=None, gt=0)
    """Weak ferromagnet: over what length spins across the magnetization turn by the exchange field."""

    magnetic_field: MagneticField | None = None
    """Field that spins turn in here, where it is not that of the case."""
    terms: AnyTerms = {}
    """Further physical terms (plugins), by kind, each with its keys."""

    _reference_temperature: float | None = PrivateAttr(None)

    @property
    def reference_temperature(self):
        """T_0 of a case with `heat`, K; None in others."""
        return self._reference_temperature

    @property
    def thermal_conductivity(self):
        """kappa at T_0, W/(m K), that of Wiedemann and Franz where none is given."""
        given = self.material.thermal_conductivity
        return LORENZ * self.material.conductivity * self.reference_temperature if given is None else given

    def at_temperature(self, reference):
        """The region in a case with this reference temperature; None: without heat."""
        region = self.filled()
        region._reference_temperature = reference
        return region

    @property
    def insulating(self):
        """Is it an insulating magnet, in which there are magnons and no electrons?"""
        return self.material.insulating

    @property
    def weak(self):
        """Does the spin potential have components across the magnetization?"""
        return self.dephasing_length is not None or self.precession_length is not None

    @property
    def strong(self):
        """Is it a ferromagnet in which spins follow the magnetization, v = s m?"""
        return self.magnetization is not None and not self.weak

    def in_field(self, field):
        """The region in the field of a case, where it has none of its own. Raises ValueError where its magnetization is not known there."""
        own = "magnetic_field" in self.model_fields_set
        region = self if own else self.filled(magnetic_field=field)
        if isinstance(region.magnetization, Following):
            region = region.filled(magnetization=region.magnetization.in_field(region.magnetic_field))
        return region

    def time_reversed(self):
        """Magnetization and field reversed."""
        magnetization, field = self.magnetization, self.magnetic_field
        reversed_ = field and tuple(0.0 - component for component in field)
        magnetization = magnetization and magnetization.flipped()
        if isinstance(magnetization, Following):
            magnetization = magnetization.in_field(reversed_)
        return self.filled(magnetization=magnetization, magnetic_field=reversed_)

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, given):
        return {"material": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"examples": ["Cu @ 300 K"]})

    @model_validator(mode="after")
    def _fits_together(self):
        for message in self.contradictions():
            raise ValueError(message)
        return self

    def idle(self, case, dimension):
        needs = self.material.conditions_needed
        if "thickness" not in needs:
            why = "no number of its material depends on the thickness, by a table or a formula"
            yield ("thickness",), why
            if "thickness" in self.material._own:
                yield ("material", "thickness"), why
        moves = isinstance(self.magnetization, Following) or case.dynamics
        if self._has("magnetic_field") and not moves and not field_turns_spins(self, case, dimension):
            yield ("magnetic_field",), NO_FREE_SPINS
        for key, why in idle_numbers(self, case, dimension):
            yield ("material", key), why

    def contradictions(self):
        """What in it does not go together, in words."""
        material = self.material
        if self.weak and self.magnetization is None:
            yield "has a dephasing or precession length, so it needs a magnetization, e.g. magnetization: +y"
        if self.insulating:
            yield from self._no_insulating_magnet()
        if material.mobility is not None and self.magnetization is not None:
            yield "has a mobility, and drift is for what has no magnetization: in a ferromagnet the currents of both spins are those of its polarization"
        if material.spin_seebeck_coefficient and self.magnetization is None:
            yield "has a spin_seebeck_coefficient, so it needs a magnetization, e.g. magnetization: +y"
        if material.polarization != 0 and self.magnetization is None:
            polarized = f"{material.name or 'its material'} is polarized (P = {material.polarization:g})"
            yield f"{polarized}, so it needs a magnetization, e.g. {{material: ..., magnetization: +y}}"
        for key, effect in _OF_MAGNETS.items():
            if getattr(material, key) != 0 and self.magnetization is None:
                yield (
                    f"has an {key}, and there is no {effect} without a magnetization, "
                    "e.g. {material: ..., magnetization: +y}"
                )

    def _no_insulating_magnet(self):
        if self.magnetization is None:
            yield "has magnons, so it needs a magnetization, e.g. {material: ..., magnetization: +y}"
        elif not self.magnetization.uniform:
            yield "has magnons, which are solved for where the magnetization is one direction, e.g. magnetization: +y"
        if self.weak:
            yield "is an insulator: no electrons dephase or precess in it; leave dephasing_length and precession_length out"


NO_FREE_SPINS = "spins turn in it in normal metals and weak ferromagnets (dephasing_length, precession_length), and magnets that follow it; here are none"
_OF_MAGNETS = {
    "amr_ratio": "anisotropic magnetoresistance",
    "anomalous_hall_angle": "anomalous Hall effect",
}  # a key of the material -> what it is about
