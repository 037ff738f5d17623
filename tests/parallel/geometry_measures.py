"""What test_geometry.py launches on several ranks: devices measured with DOLFINx's own integrals, as JSON."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.compat import nodes_of_cells
from spinfem.geometry.build import device_of
from spinfem.geometry.drawing import Drawing
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.sizing import Sizing
from spinfem.output.gmsh_mesh import write_gmsh

MESHES = Path(__file__).parents[2] / "meshes"
SIZING = Sizing({"wire": 1000.0, "injector": 5.0, "detector": 5.0}, resolution=2.0, growth=0.5)
SHORT = {"wire_length": 1000, "separation": 300}


def measures(device):
    """Volumes, areas of terminals and contacts, and whether tags are right on every rank."""
    comm, one = device.mesh.comm, fem.Constant(device.mesh, 1.0)
    dx = ufl.Measure("dx", domain=device.mesh, subdomain_data=device.cell_tags)
    ds = ufl.Measure("ds", domain=device.mesh, subdomain_data=device.facet_tags)
    dS = ufl.Measure("dS", domain=device.mesh, subdomain_data=device.facet_tags)

    def total(integrand):
        with compiling(comm):
            form = fem.form(integrand)
        return comm.allreduce(fem.assemble_scalar(form))

    return {
        "cells": device.mesh.topology.index_map(device.mesh.topology.dim).size_global,
        "regions": {name: total(one * dx(tag)) for name, tag in device.regions.items()},
        "terminals": {name: total(one * ds(tag)) for name, tag in device.terminals.items()},
        "contacts": {"/".join(sorted(pair)): total(one("+") * dS(tag)) for pair, tag in device.contacts.items()},
        "contact tags": comm.allgather(sorted((sorted(pair), tag) for pair, tag in device.contacts.items())),
        "wrong cells": comm.allreduce(_wrong_cells(device)),
        "wrong facets": comm.allreduce(_wrong_facets(device)),
    }


def _wrong_cells(device):
    """Local cells, ghosts included, whose tag is not what their place says."""
    mesh = device.mesh
    corners = mesh.geometry.x[nodes_of_cells(mesh)]
    middle = corners.mean(axis=1)
    region = np.where(middle[:, mesh.geometry.dim - 1] < 60, "wire", np.where(middle[:, 0] < 0, "injector", "detector"))
    tags = np.array([device.regions[name] for name in region])
    return int(np.count_nonzero(tags != device.cell_tags.values))


def _wrong_facets(device):
    """Local facets, those of ghosts included, on the plane of the injector's contact that are not tagged as contact."""
    mesh = device.mesh
    dimension = mesh.topology.dim
    mesh.topology.create_connectivity(dimension - 1, 0)
    mesh.topology.create_connectivity(0, dimension)
    facets = mesh.topology.connectivity(dimension - 1, 0).array.reshape(-1, dimension)
    points = np.empty((mesh.topology.index_map(0).size_local + mesh.topology.index_map(0).num_ghosts, 3))
    vertices = mesh.topology.connectivity(dimension, 0).array.reshape(-1, dimension + 1)
    points[vertices] = mesh.geometry.x[nodes_of_cells(mesh)]
    corners = points[facets]
    middle = corners.mean(axis=1)
    inside = np.isclose(corners[:, :, dimension - 1], 60).all(axis=1) & (np.abs(middle[:, 0] + 150) < 50)
    if dimension == 3:
        inside &= np.abs(middle[:, 1]) < 50
    return len(np.setxor1d(np.flatnonzero(inside), device.contact_facets("injector", "wire")))


def fails(comm):
    """The messages on all ranks when rank 0 cannot read the drawing."""
    try:
        device_of(comm, Drawing(MESHES / "nonlocal_valve_2d.geo", "script", {"separation": 1}), SIZING)
    except GeometryError as problem:
        return comm.allgather(problem.message)


def main():
    comm = MPI.COMM_WORLD
    result = {"message": fails(comm)}
    for name, script, refinements in (
        ("flat", "nonlocal_valve_2d.geo", 0),
        ("flat refined", "nonlocal_valve_2d.geo", 2),
        ("solid", "nonlocal_valve.geo", 0),
        ("solid refined", "nonlocal_valve.geo", 1),
    ):
        device = device_of(comm, Drawing(MESHES / script, "script", SHORT), SIZING, refinements)
        result[name] = measures(device)
    with TemporaryDirectory() as folder:
        path = Path(comm.bcast(folder)) / "mesh.msh"
        write_gmsh(path, device)
        result["solid refined, written and read"] = measures(device_of(comm, Drawing(path, "mesh"), SIZING))
        comm.barrier()
    if comm.rank == 0:
        json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
