"""A large reservoir of spins."""

from spinfem.case.conditions import SpinCondition


class Sink(SpinCondition, kind="sink"):
    """v = 0: a large reservoir, in which all spins that arrive relax at once."""

    def constrain(self, nodes) -> None:
        nodes.vanish()
