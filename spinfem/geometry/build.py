"""From a case, or from plain arguments, to the device, on any number of ranks."""

from mpi4py import MPI

from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.limit import check_count
from spinfem.geometry.mesh_data import share
from spinfem.geometry.reading import read
from spinfem.geometry.recipe import recipe_of
from spinfem.geometry.refine import refine
from spinfem.geometry.root import on_root


def build_device(case, comm, coarsen=1.0):
    """The Device of a case (see `recipe_of`). Collective."""
    return device_of(comm, *recipe_of(case, coarsen))


def device_of(comm, drawing, sizing, refinements=0):
    """The Device of a Drawing, with cells as a Sizing says, each cut `refinements` times. Collective."""
    data = share(comm, on_root(comm, lambda: read(drawing, sizing, refinements)))
    tagged = distribute(comm, data)
    check_shares(tagged.mesh)
    cells = tagged.mesh.topology.index_map(tagged.mesh.topology.dim).size_global
    left = refinements - data.refined
    check_count("mesh.refinements", refinements, cells * 2.0 ** (tagged.mesh.topology.dim * left))
    for _ in range(left):
        tagged = distribute(comm, *refine(tagged))
    return make_device(tagged, drawing.unit, drawing.depth, data.has_curves)


def check_shares(mesh):
    """No rank goes without cells: what comes later counts on having some. Collective."""
    cells = mesh.topology.index_map(mesh.topology.dim)
    if mesh.comm.allreduce(cells.size_local, op=MPI.MIN) == 0:
        message = f"its mesh has {cells.size_global} cells, too few for {mesh.comm.size} ranks; run it on fewer"
        raise GeometryError("geometry", None, message)
