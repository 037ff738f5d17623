"""A mesh that is no mesh of metal is refused, with the place: cells on top of each other, parts that touch without
sharing their nodes, parts that hang together by a point or an edge."""

import numpy as np

from spinfem.formatting import at
from spinfem.geometry.embedding import Surface, first_touch
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.facets import found_among

FLAT = 1e-13  # volume of a cell over that of the box of its edges


def check_conformity(data, facets, meetings, source, unit) -> None:
    """Raises GeometryError if something is wrong with MeshData, given its Facets and the Meetings of its fans.

    source: (key, value) of the case file; unit: metres for each drawing unit.
    """
    for check in (_finite, _flat_cells, _cells_once, _two_cells_a_facet, _cells_side_by_side, _surface, _one_terminal):
        for place, cells, message in check(data, facets):
            _refuse(data, place, cells, message, source, unit)
    for meeting in meetings:
        if meeting.in_a_point_only:
            _refuse_point(data, meeting, source, unit)


def _refuse(data, place, cells, message, source, unit):
    names = {tag: name for name, tag in data.regions.items()}
    regions = " and ".join(sorted({names[tag] for tag in data.cell_tags[cells].tolist()}))
    key, value = source
    raise GeometryError(key, value, f"{message.format(regions=regions)} at {at(place[: data.dimension], unit)}")


def _finite(data, facets):
    bad = np.flatnonzero(~np.isfinite(data.points[data.cells]).all(axis=(1, 2)))
    if len(bad):
        yield np.nan_to_num(data.points[data.cells[bad[0]]][0]), bad[:1], "{regions}: a node has no finite coordinates"


def _flat_cells(data, facets):
    corners = data.points[data.cells]
    sides = corners[:, 1:] - corners[:, :1]
    flat = np.flatnonzero(np.abs(np.linalg.det(sides)) <= FLAT * np.prod(np.linalg.norm(sides, axis=2), axis=1))
    if len(flat):
        yield _middle(data, flat[0]), flat[:1], f"{len(flat)} cells of {{regions}} have no volume; the first one lies"


def _cells_once(data, facets):
    opposite = np.sort(data.cells, axis=1)[facets.cells[facets.inner], facets.opposite[facets.inner]]
    if facets.count.max() <= 2 and (opposite[:, 0] != opposite[:, 1]).all():
        return
    _, first, count = np.unique(np.sort(data.cells, axis=1), axis=0, return_index=True, return_counts=True)
    if count.max() > 1:
        cell = first[count > 1].min()
        twice = (np.sort(data.cells, axis=1) == np.sort(data.cells[cell])).all(axis=1)
        yield (
            _middle(data, cell),
            np.flatnonzero(twice),
            f"{np.count_nonzero(count > 1)} cells of {{regions}} stand there more than once, as when a mesh is merged or "
            "exported twice or a part is in two groups: each cell belongs there once; the first one lies",
        )


def _two_cells_a_facet(data, facets):
    bad = np.flatnonzero(facets.count > 2)
    if len(bad):
        yield (
            data.points[facets.nodes[bad[0]]].mean(axis=0),
            facets.cells[bad[0]],
            f"{len(bad)} facets have more than two cells, so cells of {{regions}} lie on top of each other; the first one is",
        )


def _cells_side_by_side(data, facets):
    """The cells on the two sides of a facet lie on its two sides: their volumes, counted with the sign that the facet's
    nodes and the opposite one give, differ in sign."""
    corners = data.points[np.sort(data.cells, axis=1)]
    volume = np.linalg.det(corners[:, 1:] - corners[:, :1])
    inner = facets.inner
    side = np.sign(volume[facets.cells[inner]]) * (-1) ** facets.opposite[inner]
    bad = inner[side[:, 0] == side[:, 1]]
    if len(bad):
        yield (
            data.points[facets.nodes[bad[0]]].mean(axis=0),
            facets.cells[bad[0]],
            f"cells of {{regions}} lie on top of each other (one is turned inside out) on the same side of {len(bad)} "
            f"facets{_WHY_REFINED if data.refined else ''}; the first one is",
        )


_WHY_REFINED = (
    ", for new nodes on a curve passed the other side of a layer that is thin for such long edges: take fewer `mesh: refinements` "
    "and a smaller `mesh: size`"
)


def _surface(data, facets):
    touch = first_touch(Surface(data, facets))
    if touch is not None:
        places, cells = touch
        yield (
            places[0],
            cells[0],
            "{regions}: parts touch or overlap without sharing their nodes, so no current can pass from one to the other "
            "as it would; join them (BooleanFragments or Coherence in a Gmsh script, one mesh of all parts, or merged "
            f"nodes), or leave a gap between them; {_places(len(places))}",
        )


def _one_terminal(data, facets):
    which = found_among(facets.nodes, data.facets, len(data.points))
    order = np.lexsort((data.facet_tags, which))
    which, tags = which[order], data.facet_tags[order]
    twice = np.flatnonzero((np.diff(which) == 0) & (which[1:] >= 0) & (np.diff(tags) != 0))
    if len(twice):
        at_fault = twice[0]
        names = {tag: name for name, tag in data.terminals.items()}
        yield (
            data.points[facets.nodes[which[at_fault]]].mean(axis=0),
            facets.cells[which[at_fault], :1],
            f"{{regions}}: the groups {names[tags[at_fault]]} and {names[tags[at_fault + 1]]} have the same facet, and each facet is "
            "in one terminal; the first one is",
        )


def _places(n):
    return "they touch" if n == 1 else f"they touch at {n} places, the first"


def _refuse_point(data, meeting, source, unit):
    names = {tag: name for name, tag in data.regions.items()}
    regions = " and ".join(sorted({names[tag] for tag in meeting.regions}))
    key, value = source
    raise GeometryError(
        key,
        value,
        f"parts of {regions} meet in a {'corner' if data.dimension == 2 else 'corner or an edge'} only, and the current "
        "through it would depend on the mesh: let them share a face, or leave a gap between them; they meet at "
        f"{at(meeting.place, unit)}",
    )


def _middle(data, cell):
    return data.points[data.cells[cell]].mean(axis=0)
