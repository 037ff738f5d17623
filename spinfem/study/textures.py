"""Magnetisations that depend on position are looked at before they are used."""

import basix.ufl
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
    """Where Lagrange elements of this degree have their nodes, (3, n); those that cells share are there once for each."""
    mesh = device.mesh
    corners = mesh.geometry.x[nodes_of_cells(mesh)[device.cells_of(region)]]
    at = basix.ufl.element("Lagrange", mesh.basix_cell(), degree).basix_element.points
    weights = np.hstack([1.0 - at.sum(axis=1, keepdims=True), at])
    return np.einsum("nk,ckx->xcn", weights, corners).reshape(3, -1)
