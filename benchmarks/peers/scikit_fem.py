"""scikit-fem: quadratic elements on bricks or tetrahedra, conjugate gradients preconditioned by pyamg or SuperLU for each potential apart.

Runs in the peers' own Python: python -m benchmarks.peers.scikit_fem DEVICE.json OPTIONS
"""

import numpy as np
import pyamg
import scipy.sparse as sp
import scipy.sparse.linalg as spl
from skfem import (
    Basis,
    ElementHexS2,
    ElementTetP2,
    FacetBasis,
    LinearForm,
    MeshHex,
    MeshTet,
    asm,
)
from skfem.models.poisson import laplace, mass

from benchmarks.peers import grid
from benchmarks.peers.worker import reported

HEX = (7, 3, 5, 6, 1, 2, 4, 0)  # scikit-fem's order of corners


def solve(device, given, clock):
    mesh, region = _mesh(device, given)
    clock("mesh")
    basis = Basis(mesh, _element(mesh), intorder=4)
    inside = {name: basis.with_elements(np.flatnonzero(region == n)) for n, name in enumerate(device.blocks)}
    stiffness = {name: asm(laplace, part) for name, part in inside.items()}
    both = sum(m["conductivity"] * stiffness[name] for name, m in device.materials.items())
    relaxing = both + sum(
        m["conductivity"] * (1 - m["polarization"] ** 2) / m["length"] ** 2 * asm(mass, inside[name])
        for name, m in device.materials.items()
    )
    drag = {name: m["polarization"] * m["conductivity"] * stiffness[name] for name, m in device.materials.items()}
    average = {name: _average(mesh, basis, device, name) for name in device.terminals}
    grounded = _nodes(basis, device, "wire_left")
    sinks = np.unique(np.concatenate([_nodes(basis, device, name) for name in device.terminals]))
    charge, spin = (np.setdiff1d(np.arange(basis.N), fixed) for fixed in (grounded, sinks))
    load = np.concatenate([average["injector_end"][charge], np.zeros(len(spin))])
    read = np.concatenate([(average["detector_end"] - average["wire_right"])[charge], np.zeros(len(spin))])
    a, d = both[charge][:, charge].tocsr(), relaxing[spin][:, spin].tocsr()
    clock("assemble")
    inverse = _inverse(a, d, given["inverse"])
    clock("set-up")
    signals, counts = [], []
    for state in (1, -1):
        c = (drag["injector"] + state * drag["detector"])[charge][:, spin].tocsr()
        x, n = _conjugate_gradients(sp.bmat([[a, c], [c.T, d]]).tocsr(), load, inverse)
        signals.append(read @ x)
        counts.append(n)
    clock("solve")
    return {"signals": signals, "unknowns": len(load), "iterations": counts}


def _mesh(device, given):
    if "file" in given:
        with np.load(given["file"]) as file:
            points, cells = (np.ascontiguousarray(file[name].T) for name in ("points", "cells"))
            return MeshTet(points, cells), file["region"]
    made = grid.make(device, **given["grid"])
    return MeshHex(np.ascontiguousarray(made.points.T), np.ascontiguousarray(made.bricks[:, HEX].T)), made.region


def _element(mesh):
    if isinstance(mesh, MeshTet):
        return ElementTetP2()
    return ElementHexS2()  # without those inside faces and bricks: half the unknowns of ElementHex2


def _faces(mesh, device, terminal):
    axis, value, block = device.terminals[terminal]
    low, high = np.transpose(block)[..., None]

    def inside(x):
        return (np.abs(x[axis] - value) < 1e-6) & np.all((low - 1e-6 < x) & (x < high + 1e-6), axis=0)

    return mesh.facets_satisfying(inside, boundaries_only=True)


def _nodes(basis, device, terminal):
    return basis.get_dofs(_faces(basis.mesh, device, terminal)).all()


def _average(mesh, basis, device, terminal):
    """The row that takes the mean of a potential over a terminal."""
    faces = FacetBasis(mesh, basis.elem, intorder=4, facets=_faces(mesh, device, terminal))
    return asm(LinearForm(lambda v, w: v / device.area(terminal)), faces)


def _inverse(a, d, method):
    """A preconditioner, phi and v apart: a V-cycle of smoothed aggregation ("sa"), or factors ("lu")."""
    if method == "lu":
        parts = [
            spl.splu(block.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve
            for block in (a, d)
        ]
    else:
        parts = [pyamg.smoothed_aggregation_solver(block).aspreconditioner().matvec for block in (a, d)]
    n = a.shape[0]
    return lambda r: np.concatenate([parts[0](r[:n]), parts[1](r[n:])])


def _conjugate_gradients(matrix, load, inverse):
    count = 0

    def counted(r):
        nonlocal count
        count += 1
        return inverse(r)

    x, failed = spl.cg(matrix, load, rtol=1e-8, maxiter=2000, M=spl.LinearOperator(matrix.shape, counted))
    if failed:
        raise RuntimeError("conjugate gradients did not converge")
    return x, count


if __name__ == "__main__":
    reported(solve)
