"""Where the shape of the device comes from."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, PlainSerializer, ValidationInfo, WithJsonSchema, field_validator, model_validator

from spinfem.case.checked import Checked
from spinfem.case.devices import find_script, scripts
from spinfem.case.faults import not_among
from spinfem.case.parameters import ParameterValue
from spinfem.case.quantity import Length

CAD_SUFFIXES = (".step", ".stp", ".brep", ".iges", ".igs")

File = Annotated[Path, PlainSerializer(str), WithJsonSchema({"type": "string"})]
Tags = Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)]


class Entities(Checked):
    """Names for the parts of a CAD file, or for the groups of a mesh, by their numbers as Gmsh shows them."""

    regions: dict[str, Tags] = {}
    """Region -> its volumes (surfaces in 2D)."""
    terminals: dict[str, Tags] = {}
    """Terminal -> its surfaces (curves in 2D)."""


class Geometry(Checked):
    """A drawing: exactly one of script, mesh and cad. Files are looked for beside the case file."""

    script: File | None = None
    """A parametric Gmsh script (.geo), your own or a device of `spinfem devices`."""
    mesh: File | None = None
    """A mesh with named groups: .msh, or anything that meshio reads."""
    cad: File | None = None
    """A CAD file: .step, .stp, .brep, .iges."""
    parameters: dict[str, ParameterValue] = {}
    """Values for the script's parameters: quantities such as 500 nm, or numbers where the script has no unit."""
    unit: Length = Field(1e-9, gt=0)
    """Length of one unit of the drawing."""
    depth: Length = Field(1.0, gt=0)
    """2D only: how far the device extends out of the plane."""
    entities: Entities | None = None
    """For a CAD or mesh file without names: the numbers of what belongs to each region and terminal."""

    @field_validator("script", mode="before")
    @classmethod
    def _find_script(cls, name, info: ValidationInfo):
        if not isinstance(name, str):
            return name
        found = find_script(name, _folder(info))
        if found is None:
            known = [f"{device}.geo" for device in scripts()]
            raise ValueError(not_among(name, known, "script beside the case file or among the devices"))
        return found

    @field_validator("mesh", "cad", mode="before")
    @classmethod
    def _find_file(cls, name, info: ValidationInfo):
        if not isinstance(name, str):
            return name
        path = _folder(info) / name
        if not path.is_file():
            raise ValueError("there is no such file beside the case file")
        if info.field_name == "cad" and path.suffix.lower() not in CAD_SUFFIXES:
            raise ValueError(f"must be a CAD file: {', '.join(CAD_SUFFIXES)}")
        return path

    @model_validator(mode="after")
    def _one_source(self):
        given = [name for name in ("script", "mesh", "cad") if getattr(self, name) is not None]
        if len(given) != 1:
            has = " and ".join(given) or "none of them"
            raise ValueError(f"needs exactly one of script, mesh and cad; it has {has}")
        if self.parameters and self.script is None:
            raise ValueError(f"parameters belong to a script; a {given[0]} file has none")
        if self.entities is not None and self.script is not None:
            raise ValueError("entities name parts of a CAD or mesh file; a script names its own (Physical Volume)")
        return self


def _folder(info):
    """The folder of the case file, which the reader hands in."""
    return Path((info.context or {}).get("folder", "."))
