"""Simulations for one case after another: what did not change from the last one is used again."""

from copy import copy
from typing import Any

import numpy as np
from mpi4py import MPI

from spinfem.geometry.adaptable import Adaptable
from spinfem.geometry.build import device_of
from spinfem.geometry.device import Device
from spinfem.geometry.limit import check_count
from spinfem.geometry.reading import read
from spinfem.geometry.recipe import metals_of, recipe_of
from spinfem.geometry.root import on_root
from spinfem.geometry.split import edges_of, split
from spinfem.study.operators import Operators
from spinfem.study.simulation import Simulation

# What the operators of a case do not depend on; of terminals, how much is prescribed there. The mesh comes with the device.
HARMLESS = frozenset(
    (
        "title",
        "accuracy",
        "mesh",
        "observables",
        "time",
        "frequency",
        "dynamics",
        "sensitivities",
        "output",
        "sweep",
        "fit",
        "plots",
    )
)


class Session:
    """Makes devices and simulations, and keeps what the next case may use again; `reused` counts what did not have to be made again.

    A mesh is used again when nothing that shapes it has changed, operators when only what drives the terminals has. Where something else has, as a
    magnetic field, the nodes and what is assembled on them are used again, preconditioners of blocks that are the same, and the last solutions: iterations
    begin with the combination of them that leaves least.
    """

    def __init__(self, comm=MPI.COMM_WORLD):
        self.comm = comm
        self.reused = {"meshes": 0, "operators": 0}
        self._operators = Operators()
        self._read = None, None  # recipe, MeshData on rank 0
        self._grown: tuple[Any, Any] = None, None  # what an Adaptable was made of, it
        self._devices, self._simulations = {}, {}  # by how much coarser they are: (what it was made from, the thing)

    def device(self, case, coarsen=1.0) -> Device:
        """The Device of a case; see `recipe_of` for `coarsen`. Collective."""
        recipe = recipe_of(case, coarsen)
        made_from, device = self._devices.get(coarsen, (None, None))
        if self.comm.allreduce(made_from == recipe, op=MPI.LAND):  # each rank has looked at the files for itself
            self.reused["meshes"] += 1
            return device
        self._devices.pop(coarsen, None)  # before the next one needs the memory
        self.forget()
        device = device_of(self.comm, *recipe)
        self._devices[coarsen] = (recipe, device)
        return device

    def adaptable(self, case) -> Adaptable:
        """The first device of a case whose mesh is to be refined, to refine it. What is read from its drawing is used again. Collective."""
        recipe = recipe_of(case)
        if self.has_begun_with(case) and self._grown[1]:
            self.reused["meshes"] += 1
            return copy(self._grown[1])
        made_from, data = self._read
        if self.comm.allreduce(made_from == recipe, op=MPI.LAND):
            self.reused["meshes"] += 1
        else:
            self._read = None, None
            data = on_root(self.comm, lambda: _refined(recipe, read(*recipe)))
            self._read = recipe, data
        return Adaptable(self.comm, data, metals_of(case), recipe)

    def begin_with(self, mesh, case) -> None:
        """Cases with the drawing and the metals of this one begin with its mesh from now on, an Adaptable; None: as others do."""
        self._grown = (recipe_of(case), metals_of(case)), copy(mesh)

    def has_begun_with(self, case) -> bool:
        """Do cases like this one begin with a mesh that is known? Collective."""
        return self.comm.allreduce(self._grown[0] == (recipe_of(case), metals_of(case)), op=MPI.LAND)

    def forget(self) -> None:
        """Give up all simulations and their operators: their device is there no more."""
        self._simulations.clear()
        self._operators.forget()

    def simulation(self, case, device, progress=lambda what: None) -> Simulation:
        """A Simulation for a case on its device, with the problems of the last one where they are the same."""
        key = (id(device), case.degree)
        identity = operator_identity(case)
        made_from, last = self._simulations.get(key, (None, None))
        same = made_from == identity
        self.reused["operators"] += same
        discretisation = last.discretisation if last and last.discretisation.fits(case) else None
        problems = last.problems if same else None
        # Only where that saves much: answers to begin with change the last digits, so that they depend on the order of the points.
        in_a_field = any(any(region.magnetic_field or ()) for region in case.regions.values())
        found = last.found() if discretisation and in_a_field else None
        simulation = Simulation(case, device, progress, problems, self._operators, discretisation, found)
        if same:
            simulation.torques.update(last.torques)
        self._simulations[key] = (identity, simulation)
        return simulation


def _refined(recipe, data):
    """MeshData cut as often as its Recipe says. Raises GeometryError where that makes too many cells."""
    left = recipe.refinements - data.refined
    check_count("mesh.refinements", recipe.refinements, len(data.cells) * 2.0 ** (data.dimension * left))
    for _ in range(left):
        edges = edges_of(data.cells)
        data = split(data, edges, np.full(len(edges), 0.5))
    return data


def operator_identity(case) -> dict:
    """What the operators of a case depend on: all of it but `HARMLESS`, and of terminals what is prescribed there, not how much."""
    terminals = {
        name: [condition.of_operator for condition in terminal.conditions.values()]
        for name, terminal in case.terminals.items()
    }
    rest = {name: getattr(case, name) for name in type(case).model_fields if name not in HARMLESS | {"terminals"}}
    return rest | {"terminals": terminals}
