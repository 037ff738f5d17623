"""The order in which the points of a sweep are run, and by whom."""

from spinfem.batch.claims import Claims
from spinfem.batch.points import families
from spinfem.geometry.recipe import recipe_of
from spinfem.study.session import operator_identity


class Queue:
    """Hands out points to one worker among others.

    Those come first that can use again what its last one needed, then those with a mesh that nobody else has.
    """

    def __init__(self, records, points, worker_file, attempt):
        self.records, self._worker_file, self._attempt = records, worker_file, attempt
        self._claims = Claims(records.queue)
        self._open = {point.number: point for point in points}
        self._before = {number: records.trace(point) for number, point in self._open.items()}
        self._mesh = families(points, recipe_of) if points else {}
        self._operator = families(points, operator_identity) if points else {}
        self._last = None

    @property
    def left(self) -> int:
        """How many points nobody has finished yet."""
        return len(self._open)

    def take(self):
        """A Point that is now this worker's to run; None if none is left that nobody is at."""
        while number := self._next():
            point = self._open[number]
            if not self._claims.take(number, self._worker_file):
                continue
            if self.records.is_whole(point) or self.records.failure(point, self._attempt):  # while we looked
                self.finish(point)
                continue
            self._last = number
            return point
        return None

    def finish(self, point) -> None:
        """A point that was taken has a result, or has failed."""
        del self._open[point.number]
        self._claims.release(point.number)

    def _next(self):
        taken = self._claims.living()
        for number in [n for n, point in self._open.items() if self.records.trace(point) != self._before[n]]:
            del self._open[number]  # somebody else ran it
        free = [number for number in self._open if number not in taken]
        meshes = [self._mesh.get(number) for number in taken]
        operators = [self._operator.get(number) for number in taken]

        def reluctance(number):
            return (
                self._last is None or self._mesh[number] != self._mesh[self._last],
                self._last is None or self._operator[number] != self._operator[self._last],
                meshes.count(self._mesh[number]),
                operators.count(self._operator[number]),
                number,
            )

        return min(free, key=reluctance, default=None)
