"""States of a run in time: one series for ParaView, and the last one for a run that goes on from it."""

import numpy as np

from spinfem.geometry.root import on_all, on_root
from spinfem.output.fields import write_fields
from spinfem.output.series import write_series

SERIES, STATE = "time.pvd", "state"


def write_snapshots(folder, transient, comm) -> None:
    """Write `time.pvd`, the fields of each snapshot in `time/`, and `state/` into a folder. Collective."""
    (place := folder / "time").mkdir(exist_ok=True)
    files = []
    for number, (time, solution) in enumerate(transient.snapshots):
        (at := place / f"{number:04d}").mkdir(exist_ok=True)
        files.append((time, write_fields(at, solution)))
    on_root(comm, lambda: write_series(folder / SERIES, files, "time", "s"))


def write_state(folder, transient, comm) -> None:
    """Write the last state, a file for each rank, into `state/`. Collective."""
    on_root(comm, lambda: (folder / STATE).mkdir(exist_ok=True))
    on_all(comm, lambda: np.savez(folder / STATE / f"{comm.rank:05d}.npz", **transient.last))
