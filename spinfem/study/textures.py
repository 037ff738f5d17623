"""Magnetisations that depend on position are looked at before they are used."""

from itertools import combinations

import numpy as np

from spinfem.case.faults import CaseError
from spinfem.compat import nodes_of_cells


def check_textures(case, device) -> None:
    """Evaluate every texture wherever it will be needed. Raises CaseError on all ranks if one finds a fault. Collective.

    Later, inside the assembly, an error of one rank would leave the others waiting.
    """
    faults = []
    for name, region in case.regions.items():
        if region.magnetization is None or region.magnetization.uniform:
            continue
        try:
            region.magnetization.at(_nodes(device, name, case.degree) * device.length_unit)
        except CaseError as error:
            faults += [case.fault(("regions", name, *f.key.split(".")), f.value, f.message) for f in error.faults]
    if faults := [fault for found in device.mesh.comm.allgather(faults) for fault in found]:
        raise CaseError({fault.key: fault for fault in faults}.values())


def _nodes(device, region, degree):
    """Where elements of degree 1 or 2 have their nodes: the corners of the cells, and the middles of their edges; (3, n)."""
    x, corners = device.mesh.geometry.x, nodes_of_cells(device.mesh)[device.cells_of(region)]
    points = x[np.unique(corners)]
    if degree == 2:
        pairs = [corners[:, pair] for pair in combinations(range(corners.shape[1]), 2)]
        ends = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
        points = np.concatenate([points, x[ends].mean(axis=1)])
    return points.T
