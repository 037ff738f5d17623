"""States of a run in time: one series for ParaView, and the last one for a run that goes on from it."""

import shutil

import numpy as np

from spinfem.formatting import prefixed
from spinfem.geometry.root import on_all, on_root
from spinfem.output.fields import write_fields
from spinfem.output.series import write_series

SERIES, STATE = "time", "state"


def write_snapshots(folder, transient, comm) -> None:
    """Write the fields of each snapshot, and `fields.pvd`, their series, into the folder `time`; beside each stands the scene of the run. Collective."""
    place, files = folder / SERIES, []
    factor, unit = prefixed(transient.snapshots[-1][0], "s")
    for number, (time, solution) in enumerate(transient.snapshots):
        at = place / f"{number:04d}"
        on_root(comm, lambda at=at: at.mkdir(parents=True))
        files.append((time * factor, write_fields(at, solution)))
        on_root(comm, lambda at=at: shutil.copy(folder / "scene.json", at))
    on_root(comm, lambda: write_series(place / "fields.pvd", files, "time", unit))


def write_state(folder, transient, comm) -> None:
    """Write the last state, a file for each rank, into `state/`. Collective."""
    on_root(comm, lambda: (folder / STATE).mkdir(exist_ok=True))
    on_all(comm, lambda: np.savez(folder / STATE / f"{comm.rank:05d}.npz", **transient.last))
