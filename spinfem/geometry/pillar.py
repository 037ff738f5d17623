"""A stack of layers whose cross-sections differ, drawn and meshed by Gmsh: wide leads, flared or elliptic pillars.

Each layer is a box (in 2D a rectangle) or an elliptic cylinder, centred on the x axis. Neighbours share the faces where
they touch; the rest of their ends is outside. Cells are as in any drawing (see `sizing`), and also

    no larger than the layer they are in is thick, nor than `ACROSS` of its smaller width, growing by `growth` for each
    unit of distance to it,
    and small at the edge of a narrower layer on a wider one, where currents turn: `CORNER` of its smaller width.
"""

from dataclasses import dataclass
from itertools import pairwise

from spinfem.case.layers import ENDS
from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.layers import CELLS_ACROSS
from spinfem.geometry.model_names import ModelNames, check_names
from spinfem.geometry.sizing import graded, rim_of

FLAT = 2  # the width of a cell over the thickness of a layer that it fills
CORNER = 1 / 16
ACROSS = {
    False: 1 / CELLS_ACROSS,
    True: 0.1,
}  # an ellipse becomes a polygon: of 31 sides, with 0.7 % less area, or more


@dataclass(frozen=True)
class Section:
    """The cross-section of a layer, drawing units."""

    across: tuple[float, ...]  # extents along y and, in 3D, z
    ellipse: bool = False  # the extents are then its two axes


def open_pillar(stack, sections, growth):
    """Makes the shapes of a Stack, with one Section for each layer, the open model, and limits the size of its cells;
    returns its ModelNames."""
    dimension = stack.dimension
    with gmsh_errors("geometry.layers", None):
        gmsh.model.add("layers")
        drawn = [_draw(*ends, section) for ends, section in zip(pairwise(stack.edges), sections, strict=True)]
        if len(drawn) > 1:
            gmsh.model.occ.fragment(drawn[:1], drawn[1:])
        gmsh.model.occ.synchronize()
        layers = [_between(dimension, low, high) for low, high in pairwise(stack.edges)]
        thinnest = min(thickness for _, thickness in stack.layers)
        ends = [_between(dimension - 1, x - thinnest / 2, x + thinnest / 2) for x in stack.edges[[0, -1]]]
        names = ModelNames(dimension, _regions(stack, layers), dict(zip(ENDS, ends, strict=True)))
        check_names(names, None)
        _limit_sizes(stack, sections, layers, growth)
    return names


def _draw(x, end, section):
    """(dimension, tag) of a new layer from `x` to `end`."""
    occ, thickness, (width, *depth) = gmsh.model.occ, end - x, section.across
    if not depth:
        return 2, occ.addRectangle(x, -width / 2, 0, thickness, width)
    if not section.ellipse:
        return 3, occ.addBox(x, -width / 2, -depth[0] / 2, thickness, width, depth[0])
    major = [0, 1, 0] if width >= depth[0] else [0, 0, 1]
    radii = sorted((width / 2, depth[0] / 2), reverse=True)
    disk = occ.addDisk(x, 0, 0, *radii, zAxis=[1, 0, 0], xAxis=major)
    return next(entity for entity in occ.extrude([(2, disk)], thickness, 0, 0) if entity[0] == 3)


def _between(dimension, low, high):
    """The entities between two planes across the stack (a hair's breadth of them included)."""
    far, hair = 1e30, 1e-3 * (high - low)
    found = gmsh.model.getEntitiesInBoundingBox(low - hair, -far, -far, high + hair, far, far, dimension)
    return tuple(tag for _, tag in found)


def _regions(stack, layers):
    regions = {}
    for (name, _), entities in zip(stack.layers, layers, strict=True):
        regions[name] = regions.get(name, ()) + entities
    return regions


def _limit_sizes(stack, sections, layers, growth):
    """Leaves one field, as a script would: `sizing` takes it for an upper limit."""
    field, dimension = gmsh.model.mesh.field, stack.dimension
    fields = [
        _box(low, high, section, growth) for (low, high), section in zip(pairwise(stack.edges), sections, strict=True)
    ]
    for i, (one, other) in enumerate(pairwise(sections)):
        if one != other:
            shared = _faces(dimension, layers[i]) & _faces(dimension, layers[i + 1])
            size = CORNER * min(one.across + other.across)
            fields.append(graded(dimension - 2, rim_of(dimension - 1, sorted(shared)), size, growth))
    smallest = field.add("Min")
    field.setNumbers(smallest, "FieldsList", fields)


def _faces(dimension, entities):
    return {tag for _, tag in gmsh.model.getBoundary([(dimension, tag) for tag in entities], False, False)}


def _box(low, high, section, growth):
    """Tag of a field: how large cells in a layer may be, and growing away from it."""
    field = gmsh.model.mesh.field
    box, size = field.add("Box"), min(FLAT * (high - low), ACROSS[section.ellipse] * min(section.across))
    far = 100 * (high - low) + 100 * max(section.across)
    limits = {"XMin": low, "XMax": high, "VIn": size, "VOut": size + growth * far, "Thickness": far}
    for axis, extent in zip("YZ", (*section.across, 0.0), strict=False):
        limits |= {f"{axis}Min": -extent / 2, f"{axis}Max": extent / 2}
    for key, value in limits.items():
        field.setNumber(box, key, value)
    return box
