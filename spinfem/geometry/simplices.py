"""Sizes and normals of segments, triangles and tetrahedra, given by their corners."""

import numpy as np


def volume(corners):
    """Length, area or volume of simplices in space of any dimension, from (n, corners, dimension); of a single corner 1."""
    sides = corners[:, 1:] - corners[:, :1]
    gram = np.einsum("nid,njd->nij", sides, sides)
    factorial = {0: 1, 1: 1, 2: 2, 3: 6}[sides.shape[1]]
    return np.sqrt(np.maximum(np.linalg.det(gram), 0.0)) / factorial


def unit_normals(corners):
    """Normals, (n, 3), of segments in the plane or of triangles, (n, corners, 2 or 3)."""
    sides = corners[:, 1:] - corners[:, :1]
    sides = np.pad(sides, ((0, 0), (0, 0), (0, 3 - sides.shape[2])))
    across = sides[:, 1] if sides.shape[1] == 2 else np.array([0.0, 0.0, 1.0])
    normals = np.cross(sides[:, 0], across)
    return normals / np.maximum(np.linalg.norm(normals, axis=1), np.finfo(float).tiny)[:, None]
