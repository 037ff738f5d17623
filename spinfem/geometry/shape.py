"""Does a mesh look like that of a curved shape? A mesh file has no curves, only their polygons, whose error no other mesh of it can tell."""

import numpy as np
from dolfinx.mesh import exterior_facet_indices

from spinfem.geometry.quality import facet_nodes
from spinfem.geometry.simplices import unit_normals

SMOOTH = np.radians([0.5, 40.0])  # angles at which the facets of a curved surface meet; edges of a device are sharper
DIRECTIONS = 6  # of the facets that meet so: more than chamfers, slopes and roofs have, as many as half of a circle with 12 corners


def looks_curved(device):
    """Do outer facets in many directions meet at small angles? However large the straight rest is. Of two that meet, one rank has both. Collective."""
    mesh = device.mesh
    dimension = mesh.topology.dim
    if dimension == 1:
        return False
    facets = exterior_facet_indices(mesh.topology)
    normals = unit_normals(mesh.geometry.x[facet_nodes(mesh, facets)])
    mesh.topology.create_connectivity(dimension - 1, dimension - 2)
    ridges = mesh.topology.connectivity(dimension - 1, dimension - 2)
    ridges = np.array([ridges.links(facet) for facet in facets], dtype=np.int64).reshape(-1, dimension)
    order = np.argsort(ridges.ravel(), kind="stable")
    ridge, facet = ridges.ravel()[order], np.repeat(np.arange(len(facets)), dimension)[order]
    meet = np.flatnonzero(ridge[1:] == ridge[:-1])
    cosine = np.abs(np.sum(normals[facet[meet]] * normals[facet[meet + 1]], axis=1))
    angle = np.arccos(np.minimum(cosine, 1.0))
    smooth = meet[(angle > SMOOTH[0]) & (angle < SMOOTH[1])]
    here = _directions(normals[np.concatenate([facet[smooth], facet[smooth + 1]])])
    return len(set().union(*mesh.comm.allgather(here))) >= DIRECTIONS


def _directions(normals):
    """The directions, whichever way they point, of normals (n, 3), as a set: n n^T to two digits."""
    products = np.einsum("fi,fj->fij", normals, normals).reshape(-1, 9)
    return set(map(tuple, np.round(50 * products).astype(int).tolist()))


def shape_warnings(case, device):
    """What to warn of where the mesh of a case is a file, and looks curved, a sentence. Collective."""
    if case.geometry.mesh is not None and looks_curved(device):
        yield (
            "the mesh file looks like a curved shape, of which it has straight edges only: what they miss is in no error, and no `refinements` "
            "find it; take a finer file, or the drawing itself (`geometry: script` or `cad`), whose curves are followed"
        )
