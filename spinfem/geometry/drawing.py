"""Where a device is drawn."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Drawing:
    """A script (.geo), a mesh file or a CAD file, and what a person says about it."""

    path: Path
    kind: str  # "script", "mesh" or "cad"
    parameters: dict[str, object] = field(default_factory=dict)  # of a script: numbers in their own units, or Given
    unit: float = 1e-9  # metres for each drawing unit
    depth: float = 1.0  # m, of a 2D device
    # Where the file has no names: name -> tags.
    regions: dict[str, tuple[int, ...]] = field(default_factory=dict)
    terminals: dict[str, tuple[int, ...]] = field(default_factory=dict)
