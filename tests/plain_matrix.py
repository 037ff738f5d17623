"""An observable whose numbers have no duals."""

from contextlib import contextmanager

from spinfem.case.plugins import Observable
from spinfem.study.results import Matrix


@contextmanager
def plain_matrix():
    """Meanwhile there is `plain_matrix`: conductances between all terminals, by a way that knows nothing of variables."""

    class PlainMatrix(Observable, kind="plain_matrix"):
        def measure(self, simulation):
            element = simulation.lumped_element(tuple(simulation.case.terminals))
            yield Matrix(self.name, element.currents, element.potentials, "S", element.matrix)

    try:
        yield
    finally:
        del Observable.kinds["plain_matrix"]
