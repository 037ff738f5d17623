"""NGSolve: Netgen's mesh of the drawing, refined towards the rims of the contacts (hp); static condensation; sparse Cholesky or BDDC.

Runs in the peers' own Python: python -m benchmarks.peers.ngsolve DEVICE.json OPTIONS
"""

import netgen.meshing as nm
import netgen.occ as occ
import ngsolve as ng
import numpy as np
from ngsolve.krylovspace import CGSolver

from benchmarks.peers import tetrahedra
from benchmarks.peers.worker import reported

CLOSE = 1e-3


def solve(device, given, clock):
    ng.SetNumThreads(given.get("threads", 1))
    with ng.TaskManager():
        mesh = _from_file(device, given) if "file" in given else _drawn(device, **given["drawing"])
        if "levels" in given:
            mesh.RefineHP(given["levels"], factor=given["factor"])
        clock("mesh")
        return _signals(device, mesh, given["order"], given["solver"], clock)


def _signals(device, mesh, order, solver, clock):
    space = ng.H1(mesh, order=order, dirichlet="wire_left") * ng.H1(
        mesh, order=order, dirichlet="|".join(device.terminals)
    )
    (phi, v), (psi, w) = space.TnT()
    sigma = mesh.MaterialCF({name: m["conductivity"] for name, m in device.materials.items()})
    rate = mesh.MaterialCF(
        {name: (1 - m["polarization"] ** 2) / m["length"] ** 2 for name, m in device.materials.items()}
    )
    load = ng.LinearForm(1 / device.area("injector_end") * psi * ng.ds("injector_end")).Assemble()
    signals = []
    for state in (1, -1):
        signed = {
            name: m["polarization"] * (state if name == "detector" else 1) for name, m in device.materials.items()
        }
        drag = ng.grad(v) * ng.grad(psi) + ng.grad(phi) * ng.grad(w)
        form = ng.BilinearForm(space, symmetric=True, condense=True)
        form += sigma * (ng.grad(phi) * ng.grad(psi) + mesh.MaterialCF(signed) * drag + ng.grad(v) * ng.grad(w)) * ng.dx
        form += sigma * rate * v * w * ng.dx
        preconditioner = ng.Preconditioner(form, "bddc") if solver == "bddc" else None
        form.Assemble()
        if preconditioner:
            inverse = CGSolver(form.mat, preconditioner.mat, tol=1e-8, maxiter=2000)
        else:
            inverse = form.mat.Inverse(space.FreeDofs(True), inverse="sparsecholesky")
        solution, right = ng.GridFunction(space), load.vec.CreateVector()
        right.data = load.vec + form.harmonic_extension_trans * load.vec
        solution.vec.data = inverse * right
        solution.vec.data += form.harmonic_extension * solution.vec + form.inner_solve * right
        potential = solution.components[0]
        plus, minus = (
            ng.Integrate(potential * ng.ds(name), mesh) / device.area(name) for name in ("detector_end", "wire_right")
        )
        signals.append(plus - minus)
        clock("parallel" if state == 1 else "antiparallel")
    return {"signals": signals, "unknowns": space.ndof, "cells": mesh.ne}


def _drawn(device, slab, contact, electrode, far, grading, rim=None):
    """Netgen's mesh. `slab` is the height of the part of an electrode over its contact that is meshed apart, the other lengths are those of
    cells: on a contact, in an electrode, anywhere, and at a contact's rim where hp does not refine."""
    wire = device.blocks["wire"]
    parts = [_box(wire, "wire", far)]
    for name in ("injector", "detector"):
        x, y, (bottom, top) = device.blocks[name]
        parts.append(_box([x, wire[1], [bottom, bottom + slab]], name, electrode))
        parts.append(_box([x, y, [bottom, top]], name, electrode) - parts[-1])
    shape = occ.Glue(parts)
    for edge in shape.edges:
        if _on_contact(device, edge.center):
            edge.hpref = 1
            if rim:
                edge.maxh = rim
    for face in shape.faces:
        if _on_contact(device, face.center):
            face.maxh = contact
        for name, (axis, value, (x, _, z)) in device.terminals.items():
            c = face.center
            if abs(c[axis] - value) < CLOSE and x[0] - CLOSE < c.x < x[1] + CLOSE and z[0] - CLOSE < c.z < z[1] + CLOSE:
                face.name = name
    return ng.Mesh(occ.OCCGeometry(shape).GenerateMesh(maxh=far, grading=grading))


def _box(block, name, size):
    low, high = np.transpose(block)
    box = occ.Box(occ.Pnt(*map(float, low)), occ.Pnt(*map(float, high)))
    box.mat(name)
    box.maxh = size
    return box


def _on_contact(device, center):
    (_, y, (_, top)) = device.blocks["wire"]
    inside = any(
        low - CLOSE < center.x < high + CLOSE
        for low, high in (device.blocks[name][0] for name in ("injector", "detector"))
    )
    return abs(center.z - top) < CLOSE and inside and y[0] - CLOSE < center.y < y[1] + CLOSE


def _from_file(device, given):
    read = tetrahedra.mesh(device, given)
    mesh = nm.Mesh(dim=3)
    mesh.AddPoints(np.ascontiguousarray(read.points))
    for number, (name, cells) in enumerate(read.regions(), start=1):
        mesh.AddRegion(name, dim=3)
        mesh.AddElements(dim=3, index=number, data=np.ascontiguousarray(cells, dtype=np.int32), base=0)
    for number, (name, faces) in enumerate(read.faces.items(), start=1):
        mesh.Add(nm.FaceDescriptor(surfnr=number, domin=1, bc=number))
        mesh.SetBCName(number - 1, name)
        mesh.AddElements(dim=2, index=number, data=np.ascontiguousarray(faces, dtype=np.int32), base=0)
    return ng.Mesh(mesh)


if __name__ == "__main__":
    reported(solve)
