"""The state of a run in time, kept beside its folder now and then: `.DIR.state`, whole or not at all.

Each state is a folder of its own with a file for each rank; `current` names the one that counts, and is replaced in one step. The case that it is of lies
there too: any other case begins anew.
"""

import shutil
import time
from pathlib import Path

import numpy as np

from spinfem.geometry.root import on_all, on_root
from spinfem.output.folders import write_whole

_OFTEN = 1.0  # s: states that follow each other sooner are not written


class Checkpoint:
    """For the results `folder` of a case with this text. Every method is collective."""

    def __init__(self, folder, case_text, comm, every=_OFTEN):
        folder = Path(folder)
        self._place = folder.with_name(f".{folder.name}.state")
        self._text, self._comm, self._every = case_text, comm, every
        self._last = time.perf_counter()

    def load(self):
        """This rank's arrays by name, or None."""
        number = self._comm.bcast(on_root(self._comm, self._current))
        if number is None:
            return None
        try:
            with np.load(self._file(number)) as arrays:
                return dict(arrays)
        except (OSError, ValueError):
            return None

    def save(self, arrays) -> None:
        """Keep arrays by name instead of those before; not so soon after the last ones. Raises CannotWrite."""
        now = time.perf_counter()
        if not self._comm.bcast(now - self._last >= self._every):
            return
        self._last = now
        number = (self._comm.bcast(on_root(self._comm, self._current)) or 0) + 1
        on_root(self._comm, lambda: self._room(number))
        on_all(self._comm, lambda: np.savez(self._file(number), **arrays))
        on_root(self._comm, lambda: self._count(number))

    def remove(self) -> None:
        """The run is complete."""
        on_root(self._comm, lambda: shutil.rmtree(self._place, ignore_errors=True))

    def _file(self, number):
        return self._place / str(number) / f"{self._comm.rank:05d}.npz"

    def _current(self):
        """The number of the state that counts, of this case; None if there is none."""
        try:
            if (self._place / "case.yaml").read_text(encoding="utf-8") == self._text:
                return int((self._place / "current").read_text())
        except (OSError, ValueError):
            pass
        return None

    def _room(self, number):
        if number == 1:
            shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(exist_ok=True)
        write_whole(self._place / "case.yaml", self._text)
        (self._place / str(number)).mkdir(exist_ok=True)

    def _count(self, number):
        write_whole(self._place / "current", str(number))
        shutil.rmtree(self._place / str(number - 1), ignore_errors=True)
