"""Where the shape of the device comes from."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from spinfem.case.devices import find_script, scripts
from spinfem.case.faults import not_among
from spinfem.case.files import File, existing_file, folder_of
from spinfem.case.layers import AnyLayer, CrossSection, Layer, check_layers, one_by_one
from spinfem.case.quantity import Length
from spinfem.case.script_parameters import ParameterValue
from spinfem.case.validation import Checked

CAD_SUFFIXES = (".step", ".stp", ".brep", ".iges", ".igs")

Tags = Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)]


class Entities(Checked):
    """Names for the parts of a CAD file, or for the groups of a mesh, by their numbers (of physical groups, where there are any)."""

    regions: dict[str, Tags] = {}
    """Region -> its volumes (surfaces in 2D)."""
    terminals: dict[str, Tags] = {}
    """Terminal -> its surfaces (curves in 2D)."""


class Geometry(Checked):
    """A drawing: exactly one of script, mesh and cad, or layers. Files are looked for beside the case file."""

    script: File | None = None
    """A parametric Gmsh script (.geo), your own or a device of `spinfem devices`."""
    mesh: File | None = None
    """A mesh with named groups: .msh, or anything else that Gmsh or meshio read."""
    facets: File | None = None
    """Where the facets of the mesh with their tags are in a file of their own, as FEniCS programs write them: that file."""
    cad: File | None = None
    """A CAD file: .step, .stp, .brep, .iges."""
    layers: tuple[AnyLayer, ...] | None = None
    """No drawing but a list from left to right, along x: `- {name: spacer, thickness: 5 nm}`. A name is a region, and
    may stand several times; the terminals are `left` and `right`. A layer can have its own width and depth. Superlattices: {repeat: 10, layers: [...]}."""
    dimension: Literal[1, 2, 3] = 1
    """Layers only: the dimension of their mesh."""
    width: Length = Field(1.0, gt=0)
    """Layers only: their extent along y, unless a layer has its own. Needed in 2D and 3D; in 1D, currents pass through width times depth."""
    cross_section: CrossSection = "box"
    """Layers in 3D only: an ellipse has the axes width and depth (equal ones: a round pillar)."""
    parameters: dict[str, ParameterValue] = {}
    """Values for the script's parameters: quantities such as 500 nm, or numbers where the script has no unit."""
    unit: Length = Field(1e-9, gt=0)
    """Length of one unit of the drawing."""
    depth: Length = Field(1.0, gt=0)
    """How far a 2D device extends out of the plane. Of layers in 1D and 3D: their extent along z; needed in 3D."""
    entities: Entities | None = None
    """For a CAD or mesh file without names: the numbers of what belongs to each region and terminal."""

    @field_validator("script", mode="before")
    @classmethod
    def _find_script(cls, name, info: ValidationInfo):
        if not isinstance(name, str):
            return name
        found = find_script(name, folder_of(info))
        if found is None:
            known = [f"{device}.geo" for device in scripts()]
            raise ValueError(not_among(name, known, "script beside the case file or among the devices"))
        return found

    @field_validator("mesh", "facets", "cad", mode="before")
    @classmethod
    def _find_file(cls, name, info: ValidationInfo):
        if not isinstance(name, str):
            return name
        path = existing_file(name, info)
        if info.field_name == "cad" and path.suffix.lower() not in CAD_SUFFIXES:
            raise ValueError(f"must be a CAD file: {', '.join(CAD_SUFFIXES)}")
        return path

    @model_validator(mode="after")
    def _one_source(self):
        given = [name for name in ("script", "mesh", "cad", "layers") if getattr(self, name) is not None]
        if len(given) != 1:
            has = " and ".join(given) or "none of them"
            raise ValueError(f"needs exactly one of script, mesh and cad, or a list of layers; it has {has}")
        what = "a list of layers" if self.layers is not None else f"a {given[0]} file"
        if self.parameters and self.script is None:
            raise ValueError(f"parameters belong to a script; {what} has none")
        if self.entities is not None and not (self.cad or self.mesh):
            raise ValueError(f"entities name parts of a CAD or mesh file; {_NAMES_ITS_OWN[given[0]]}")
        if self.facets is not None and self.mesh is None:
            raise ValueError(f"facets belong to a mesh; {what} has its own")
        if self.layers is not None:
            check_layers(self)
        elif stray := sorted({"dimension", "width", "cross_section"} & self.model_fields_set):
            raise ValueError(f"only a list of layers takes {' and '.join(stray)}; {what} has its own")
        return self

    def idle(self, case, dimension):
        if self.layers is not None:
            yield ("unit",), "layers have lengths with units of their own"

    @property
    def stack(self) -> tuple[Layer, ...]:
        """Every layer from left to right, as often as it is repeated."""
        return tuple(layer for _, layer in one_by_one(self.layers or ()))


_NAMES_ITS_OWN = {"script": "a script names its own (Physical Volume)", "layers": "layers have names"}
