"""Claims: who works on which point, so that no two do, and so that a point whose worker died is free again.

The claim of point 7 is the file `0007.1`, a hard link to the file of the worker: it is there as a whole or not at all,
even on a network file system, and the worker's sign of life is that of all its claims. Who takes over from a dead worker
makes `0007.2`; the highest number counts.
"""

import os
from contextlib import suppress

from spinfem.batch.worker import machine, present, read_worker


class Claims:
    """The claims in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def living(self):
        """{number of a point: Worker that is at it}."""
        return {number: worker for number, (worker, lives) in self._owners().items() if lives}

    def dead(self):
        """{number of a point: Worker that died over it}."""
        return {number: worker for number, (worker, lives) in self._owners().items() if not lives}

    def take(self, number, worker_file) -> bool:
        """Claim a point for the worker of this file. False if somebody else has it."""
        owners = self._owners()
        if owners.get(number, (None, False))[1]:
            return False
        generation = max((g for n, g in self._files() if n == number), default=0) + 1
        claim = self._path(number, generation)
        try:
            os.link(worker_file, claim)
        except FileExistsError:
            return False
        # Who looked before an earlier claim went may have made another one at the same time: then neither counts.
        others = [self._path(n, g) for n, g in self._files() if n == number and g != generation]
        if any(self._lives(other) for other in others):
            claim.unlink()
            return False
        return True

    def release(self, number) -> None:
        """Remove the claims of a point, the one that counts last. To be called by its owner."""
        for found, generation in sorted(self._files()):
            if found == number:
                self._path(number, generation).unlink(missing_ok=True)

    def _owners(self):
        now, owners = None, {}
        for number, generation in sorted(self._files()):
            path = self._path(number, generation)
            worker = read_worker(path)
            if worker is None:
                continue
            now = now or present(self.folder)
            owners[number] = worker, self._lives(path, worker, now)
        return owners

    def _lives(self, path, worker=None, now=None):
        worker = worker or read_worker(path)
        with suppress(FileNotFoundError):
            return worker is not None and worker.lives((now or present(self.folder)) - path.stat().st_mtime)
        return False

    def _files(self):
        """(number, generation) of each claim."""
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        parts = [name.split(".") for name in names]
        return [(int(p[0]), int(p[1])) for p in parts if len(p) == 2 and p[0].isdigit() and p[1].isdigit()]

    def _path(self, number, generation):
        return self.folder / f"{number:04d}.{generation}"


def clear_dead(queue) -> None:
    """Remove the claims and the files of workers that died on this machine."""
    for file in [*queue.glob("[0-9]*.[0-9]*"), *queue.glob("worker-*")]:
        worker = read_worker(file)
        if worker and worker.machine == machine() and not worker.lives(0.0):
            file.unlink(missing_ok=True)
