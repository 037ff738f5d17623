"""A region of the device: a material, and a magnetization if it is a ferromagnet."""

from pydantic import model_validator

from spinfem.case.checked import Checked, or_text
from spinfem.case.magnetization import Magnetization
from spinfem.case.materials import Material


class Region(Checked):
    """A piece of metal. `wire: Cu @ 4 K` is short for `wire: {material: Cu @ 4 K}`."""

    material: Material
    """A name of the library (`spinfem materials`), or a mapping with the values."""
    magnetization: Magnetization | None = None
    """Direction of the magnetization of a ferromagnet."""

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, given):
        return {"material": given} if isinstance(given, str) else given

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"examples": ["Cu @ 300 K"]})

    @model_validator(mode="after")
    def _ferromagnets_are_magnetized(self):
        if self.material.polarization != 0 and self.magnetization is None:
            material = f"{self.material.name or 'its material'} is polarized (P = {self.material.polarization:g})"
            raise ValueError(f"{material}, so it needs a magnetization, e.g. {{material: ..., magnetization: +y}}")
        return self
