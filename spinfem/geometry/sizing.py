"""How large the cells are: fine where spin enters a region, growing linearly with the distance from there.

Next to a contact of a ferromagnet the spin potential falls as exp(-z/lambda_F), a few nanometres; deep inside the
ferromagnet it is zero, and in a normal metal it varies over lambda_N or over the width of the wire. So

    size(x) = minimum over gates g of  resolution * lambda_g + growth * distance(x, g)
                              and of  rim * resolution * lambda_g + growth * distance(x, rim of g)

where a gate is a place where spin enters a region: a contact between two regions, with the shorter spin diffusion
length of the two sides, or a terminal that has a spin potential or a spin current. Its rim is where it ends: currents
crowd there, singularly so, and it costs few cells to resolve a line. No region has a limit of its own
that comes from its lambda: far from every gate there is nothing to resolve, and 5 nm cells in all of an electrode
would be waste. The script's own sizes and `size` are upper limits. `coarsen` multiplies all of it, so a mesh twice as
coarse is twice as coarse everywhere.
"""

from dataclasses import dataclass
from math import ceil, sqrt

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.limit import check_filled, check_gate
from spinfem.geometry.model_names import contacts, terminals_touch

LARGEST_SAMPLING = {1: 200_000, 2: 1500}  # points along a curve; along each of the two directions of a face


@dataclass(frozen=True)
class Sizing:
    """What decides the size of cells; lengths in drawing units."""

    diffusion_lengths: dict[str, float]  # region -> spin diffusion length
    resolution: float = 0.5  # size at a gate over the shorter spin diffusion length there
    rim: float = 0.25  # size at the rim of a gate over the size on the gate
    growth: float = 0.5  # increase of size for each unit of distance
    size: float | None = None  # the largest size anywhere
    coarsen: float = 1.0
    seams: frozenset[frozenset[str]] = frozenset()  # pairs of regions that are one piece of metal: no gate between them
    spin_terminals: tuple[str, ...] = ()  # terminals with a given spin potential or spin current
    first: bool = False  # of a mesh whose cells are cut later: see `first_sizes`
    around: int = 16  # cells of such a mesh around a full turn of a curve, before its edges are cut (`rounding`)


def knows(sizing, names):
    """Does a Sizing say all that it takes for a model with these names?"""
    return names.regions.keys() <= sizing.diffusion_lengths.keys() and names.terminals.keys() >= set(
        sizing.spin_terminals
    )


def set_sizes(names, sizing) -> None:
    """Tells the open Gmsh model how large its cells are to be."""
    if missing := sorted(names.regions.keys() - sizing.diffusion_lengths.keys()):
        message = "the drawing has this region, so the case has to say what it is made of"
        raise GeometryError(f"regions.{missing[0]}", None, message)
    own = _script_field()
    fields, gates = [own] if own else [], []
    for entities, regions in gates_of(names, sizing):
        narrow = min(regions, key=sizing.diffusion_lengths.get)
        size, dimension = sizing.resolution * sizing.diffusion_lengths[narrow], names.dimension - 1
        why = f", as fine as the spin diffusion length of {narrow} asks for at {' and '.join(sorted(regions))}"
        check_gate(sizing, dimension, entities, size, why)
        check_gate(sizing, dimension - 1, rim_of(dimension, entities), sizing.rim * size, why)
        gates.append((size, sizing.growth))
        fields.append(graded(dimension, entities, size, sizing.growth))
        fields.append(graded(dimension - 1, rim_of(dimension, entities), sizing.rim * size, sizing.growth))
    check_filled(sizing, gates)
    if fields:
        smallest = gmsh.model.mesh.field.add("Min")
        gmsh.model.mesh.field.setNumbers(smallest, "FieldsList", fields)
        gmsh.model.mesh.field.setAsBackgroundMesh(smallest)
    # The field says what is needed inside, so sizes on the surface need not reach in (7 % more cells if they do);
    # unless the script gave sizes to its points, which are then meant for what lies between the points too.
    sizes_at_points = any(gmsh.model.mesh.getSizes(gmsh.model.getEntities(0)))
    gmsh.option.setNumber("Mesh.MeshSizeExtendFromBoundary", int(sizes_at_points))
    if sizing.size is not None:
        gmsh.option.setNumber("Mesh.MeshSizeMax", min(sizing.size, gmsh.option.getNumber("Mesh.MeshSizeMax")))
    gmsh.option.setNumber("Mesh.MeshSizeFactor", sizing.coarsen * gmsh.option.getNumber("Mesh.MeshSizeFactor"))


def gates_of(names, sizing):
    """(entities one dimension lower, the regions that spin enters there), in an order that is always the same."""
    found = [(entities, pair) for pair, entities in contacts(names).items() if pair not in sizing.seams]
    touch = terminals_touch(names)
    return sorted(found) + [(names.terminals[name], touch[name]) for name in sizing.spin_terminals]


def rim_of(dimension, entities):
    """The entities around a gate, one dimension lower than it."""
    return [tag for _, tag in gmsh.model.getBoundary([(dimension, tag) for tag in entities], oriented=False)]


def graded(dimension, entities, size, growth):
    """Tag of a field: `size` on the entities (of one dimension), growing away from them."""
    field = gmsh.model.mesh.field
    distance, grown = field.add("Distance"), field.add("Threshold")
    field.setNumbers(distance, ("PointsList", "CurvesList", "SurfacesList")[dimension], entities)
    if dimension > 0:
        # Distance is measured to sample points. A spacing s puts up to growth * s / sqrt(2) on top of the size on the
        # gate itself: no more than a fifth.
        spacing = 0.2 * sqrt(2) * size / max(growth, 1e-3)
        reach = max((_diagonal(dimension, entity) for entity in entities), default=0)
        field.setNumber(distance, "Sampling", min(max(ceil(reach / spacing), 20), LARGEST_SAMPLING[dimension]))
    far = _diagonal(-1, -1)
    field.setNumber(grown, "InField", distance)
    field.setNumber(grown, "DistMin", 0)
    field.setNumber(grown, "DistMax", far)
    field.setNumber(grown, "SizeMin", size)
    field.setNumber(grown, "SizeMax", size + growth * far)
    return grown


def _diagonal(dimension, entity):
    low_x, low_y, low_z, high_x, high_y, high_z = gmsh.model.getBoundingBox(dimension, entity)
    return sqrt((high_x - low_x) ** 2 + (high_y - low_y) ** 2 + (high_z - low_z) ** 2)


def _script_field():
    """The field that the script itself made last (people build up to it), or 0: it stays an upper limit."""
    tags = gmsh.model.mesh.field.list()
    return int(max(tags)) if len(tags) else 0
