"""What a drawing offers, known before the mesh that is computed on: names, neighbours, and how the metal hangs together."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Parameter:
    """A number of a parametric drawing. Values are in `unit` (None: a bare number)."""

    default: float
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    label: str = ""


class Piece(NamedTuple):
    """A part of one region that hangs together. Lengths in drawing units."""

    region: str
    terminals: tuple[str, ...] = ()
    low: tuple[float, ...] = ()  # the box around it
    high: tuple[float, ...] = ()
    volume: float = 0.0  # 2D: an area, 1D: a length


def bounds(pieces):
    """The lowest and the highest coordinates of some Pieces."""
    low = tuple(map(min, zip(*(piece.low for piece in pieces), strict=True)))
    return low, tuple(map(max, zip(*(piece.high for piece in pieces), strict=True)))


class Meeting(NamedTuple):
    """Pieces of metal around a node or an edge that are not all neighbours there, such as four quadrants."""

    regions: tuple[str, ...]  # of each
    links: frozenset[tuple[int, int]]  # which of them share a facet
    place: tuple[float, ...]  # drawing units


class Shared(NamedTuple):
    """Two terminals that share a node."""

    terminals: tuple[str, str]
    regions: tuple[str, str]  # the one that each is on, there
    around: frozenset[str]  # all regions there
    place: tuple[float, ...]  # drawing units


@dataclass(frozen=True)
class Outline:
    """Names and neighbours in a drawing."""

    dimension: int  # 1, 2 or 3
    regions: tuple[str, ...]
    terminals: dict[str, tuple[str, ...]]  # terminal -> the regions it touches
    contacts: frozenset[frozenset[str]]  # pairs of regions that share a facet
    parameters: dict[str, Parameter] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    joints: frozenset[tuple[int, int]] = frozenset()  # pairs of pieces that share a facet
    meetings: tuple[Meeting, ...] = ()  # one of each kind
    shared: tuple[Shared, ...] = ()  # one of each kind
    unusable: dict[str, str] = field(default_factory=dict)  # named groups of facets that can be no terminal -> why
    low: tuple[float, ...] = ()  # the box around all, drawing units
    high: tuple[float, ...] = ()
    shortest_edge: float | None = None  # of a cell, drawing units; of a drawing, of the coarsest mesh it allows
    cells: int = 0  # of that mesh
    edges_at: dict[frozenset[str], float] = field(default_factory=dict)  # mean edge of cells at contacts, of mesh files
