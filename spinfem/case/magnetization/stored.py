"""A magnetization from the file of a micromagnetic program, on that program's mesh."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from spinfem.case.faults import CaseError, Fault
from spinfem.case.files import File, FileFault, existing_file
from spinfem.case.magnetization.ovf import read_ovf
from spinfem.case.magnetization.vtu import read_vtu
from spinfem.case.quantity import Length
from spinfem.case.validation import Checked, said
from spinfem.formatting import magnetization_words

_OVF, _VTU = (".ovf", ".omf"), (".vtu",)
_VANISHES = 1e-6


class Varying(Checked):
    """A magnetization that depends on position; its field `reversed` turns it around."""

    if TYPE_CHECKING:  # the last key of each kind
        reversed: bool

    @property
    def uniform(self) -> bool:
        return False

    @property
    def directions(self):
        """No direction is that of all of it."""
        return ()

    def flipped(self):
        """The reversed magnetization."""
        return self.model_copy(update={"reversed": not self.reversed})

    def __str__(self):
        return magnetization_words(self.model_dump(mode="json"))


class Stored(Varying):
    """What a micromagnetic program wrote, on its own mesh: m, or M in any unit, of which only the direction counts.

    In between it is linear: between the centres of an OVF file's cells, and inside the cells of a .vtu, where values of
    cells are first averaged to the points. Up to half a cell of the file may lack at the rim of the region. Files are
    looked for beside the case file.
    """

    file: File
    """OVF 1.0 or 2.0 (.ovf, .omf) or an unstructured grid of VTK (.vtu)."""
    field: str | None = None
    """.vtu: which of its fields, if it has several with three components."""
    unit: Length | None = Field(default=None, gt=0)
    """.vtu: length of one unit of its coordinates; without it they are metres. OVF files tell it themselves."""
    origin: tuple[Length, Length, Length] = (0.0, 0.0, 0.0)
    """Where the origin of the file's coordinates is in the drawing."""
    reversed: bool = False
    """Turned around, -m."""

    _stamp: tuple = PrivateAttr(default=())  # a file that was written anew is another one

    @field_validator("file", mode="before")
    @classmethod
    def _find_file(cls, name, info: ValidationInfo):
        if not isinstance(name, str):
            return name
        path = existing_file(name, info).resolve()
        if path.suffix.lower() not in (*_OVF, *_VTU):
            raise ValueError(f"must be a file of the kind {', '.join((*_OVF, *_VTU))}")
        return path

    @model_validator(mode="after")
    def _has_directions(self):
        try:
            status = self.file.stat()
            self._stamp = (status.st_mtime_ns, status.st_size)
            self._mesh()
        except FileFault as fault:
            raise said([((fault.key,), self._given(fault.key), str(fault))], "magnetization") from None
        except OSError as error:
            raise said([(("file",), str(self.file), f"cannot be read: {error.strerror}")], "magnetization") from None
        return self

    def at(self, points):
        """Unit vectors, (3, n), at points (3, n) in metres. Raises CaseError where the file does not tell them."""
        points = np.asarray(points, dtype=float)
        if points.shape[1] == 0:
            return np.zeros((3, 0))
        try:
            mesh = self._mesh()
        except (FileFault, OSError) as error:
            raise self._error(str(error)) from None
        vectors, share = mesh.sample(points - np.array(self.origin)[:, None])
        length = np.linalg.norm(vectors, axis=0)
        for wrong, what in (
            (np.isnan(share), f"does not reach {{point}}, which is in this region; {self._reaches(mesh)}"),
            (share <= _VANISHES, "is zero or empty at {point}, which is in this region"),
            (length <= _VANISHES * share, "has no direction at {point}: the vectors around it cancel"),
        ):
            if wrong.any():
                x, y, z = points[:, wrong.argmax()] * 1e9
                raise self._error(what.format(point=f"({x:.4g}, {y:.4g}, {z:.4g}) nm"))
        return (-vectors if self.reversed else vectors) / length

    def _mesh(self):
        return _load(self.file, self._stamp, self.field, self.unit)

    def _given(self, key):
        return str(self.file) if key == "file" else getattr(self, key)

    def _error(self, message):
        return CaseError([Fault("magnetization.file", str(self.file), message)])

    def _reaches(self, mesh):
        low, high = (mesh.extent + np.array(self.origin)[:, None]).T * 1e9
        ranges = [f"{axis} = {a:.4g} to {b:.4g}" for axis, a, b in zip("xyz", low, high, strict=True)]
        return f"its mesh has {', '.join(ranges)} nm (`origin` shifts it, half a cell more is allowed)"


@lru_cache(maxsize=8)
def _load(path, stamp, field, unit):
    """The RegularGrid or CellMesh of a file. Raises FileFault or OSError. `stamp` only tells versions of the file apart."""
    if path.suffix.lower() in _OVF:
        if field is not None:
            raise FileFault("an OVF file has one field only; leave this out", "field")
        mesh = read_ovf(path, unit)
    else:
        mesh = read_vtu(path, field, 1.0 if unit is None else unit)
    if mesh.empty:
        raise FileFault("is zero everywhere")
    return mesh
