"""Where a device is drawn."""

from dataclasses import dataclass, field
from pathlib import Path

from spinfem.geometry.layers import Stack
from spinfem.geometry.pillar import Section


@dataclass(frozen=True)
class Drawing:
    """A script (.geo), a mesh file, a CAD file or a stack of layers, and what a person says about it."""

    path: Path | None  # None for layers
    kind: str  # "script", "mesh", "cad" or "layers"
    parameters: dict[str, object] = field(default_factory=dict)  # of a script: numbers in their own units, or Given
    unit: float = 1e-9  # metres for each drawing unit
    depth: float = 1.0  # m, of a 2D device; m^2, the cross-section of a 1D one
    layers: Stack | None = None
    sections: tuple[Section, ...] = ()  # of each layer, where they are not all the same box: then Gmsh meshes them
    # Where the file has no names: name -> tags.
    regions: dict[str, tuple[int, ...]] = field(default_factory=dict)
    terminals: dict[str, tuple[int, ...]] = field(default_factory=dict)
    facets: Path | None = None  # of a mesh whose facets are in a file of their own
    written: tuple = ()  # when these files were, and their sizes: another version is another drawing
