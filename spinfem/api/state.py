"""A solved state for a person to look at: fields, a grid for pictures, what the instruments show."""

from dataclasses import dataclass
from functools import cached_property

import meshio
import numpy as np
import pint
import pyvista

from spinfem.api.values import quantity
from spinfem.output.fields import solution_piece
from spinfem.postprocessing.functions import Fields
from spinfem.study.solution import Solution


@dataclass(frozen=True)
class Reading:
    """What the instruments at a terminal show. Currents count positive into the device; spins are (3,) arrays."""

    potential: pint.Quantity
    spin_potential: pint.Quantity
    current: pint.Quantity
    spin_current: pint.Quantity
    scalars: dict[str, tuple[pint.Quantity, pint.Quantity]]
    """Of fields beside phi and v, with heat "T": (by how much it differs from its reference, what flows into the device)."""


@dataclass(frozen=True)
class State:
    """A device under one drive with one set of magnetizations. `solution` has the same, and more, in plain SI numbers."""

    solution: Solution

    @cached_property
    def fields(self) -> Fields:
        """The Fields: phi, v, j, J as dolfinx functions, with heat `scalar("T")`, `scalar_current("T")`."""
        return Fields(self.solution)

    @property
    def terminals(self) -> dict[str, Reading]:
        """Name -> Reading."""
        return {
            name: Reading(
                quantity(reading.potential, "V"),
                quantity(reading.spin_potential, "V"),
                quantity(reading.current, "A"),
                quantity(reading.spin_current, "A"),
                {
                    s.name: (
                        quantity(reading.scalars[s.name][0], s.unit),
                        quantity(reading.scalars[s.name][1], s.flow_unit),
                    )
                    for s in self.solution.layout.scalars
                },
            )
            for name, reading in self.solution.readings.items()
        }

    def grid(self, gather=True):
        """A pyvista.UnstructuredGrid with what `fields.pvtu` holds, coordinates in nm. Collective.

        The whole device on rank 0 and None on the others, for pictures of what fits into one memory; or (not `gather`) the cells of
        this rank. Points: phi [V], v [V]; cells: j [A/m^2], J_x, J_y, J_z, region, and more: see `spinfem.output.fields`.
        """
        piece = solution_piece(self.solution)
        if not gather:
            return pyvista.from_meshio(piece)
        pieces = self.solution.comm.gather(piece)
        return None if pieces is None else pyvista.from_meshio(_joined(pieces))


def _joined(pieces):
    """One meshio.Mesh of the pieces of all ranks, each with cells of the same one type. Points on their borders stay double."""
    first = np.cumsum([0, *(len(piece.points) for piece in pieces[:-1])])
    kind = pieces[0].cells[0].type
    cells = [piece.cells[0].data + start for piece, start in zip(pieces, first, strict=True)]
    return meshio.Mesh(
        points=np.concatenate([piece.points for piece in pieces]),
        cells=[(kind, np.concatenate(cells))],
        point_data={key: np.concatenate([piece.point_data[key] for piece in pieces]) for key in pieces[0].point_data},
        cell_data={key: [np.concatenate([piece.cell_data[key][0] for piece in pieces])] for key in pieces[0].cell_data},
    )
