"""What a run will take: unknowns from cells, memory and time from what such devices have taken.

The costs are measured on one rank by `python -m benchmarks.phases --costs`; benchmarks/README.md has the machine. They are a guide, no promise:
iterations differ from case to case, and machines do.
"""

from typing import NamedTuple

from spinfem.formatting import duration

_NODES = {
    (1, 1): 1.0,
    (1, 2): 2.0,
    (2, 1): 0.51,
    (2, 2): 2.0,
    (3, 1): 0.19,
    (3, 2): 1.5,
    (1, 3): 3.0,
    (2, 3): 4.7,
    (3, 3): 5.4,
}  # for each cell; (dimension, degree)


class _Cost(NamedTuple):
    """Seconds for each cell (mesh) and for each unknown of a magnetic state, bytes for each unknown."""

    mesh: float
    assemble: float
    solve: float
    memory: float


_COSTS = {
    (2, 1): _Cost(42e-6, 9e-6, 0.5e-6, 2600),
    (2, 2): _Cost(39e-6, 13e-6, 1.3e-6, 2900),
    (3, 1): _Cost(11e-6, 15e-6, 13e-6, 5000),
    (3, 2): _Cost(34e-6, 21e-6, 27e-6, 6300),
    (2, 3): _Cost(42e-6, 60e-6, 60e-6, 9000),
    (3, 3): _Cost(50e-6, 100e-6, 100e-6, 14000),
}
_PROGRAM = 0.25e9, 1.5  # bytes and seconds that it takes before it does anything


def unknowns(cells, dimension, degree, components):
    """About how many unknowns there are, with so many components of the spin potential."""
    return cells * _NODES[dimension, degree] * (1 + components)


def effort_words(cells, dimension, degree, components) -> str:
    """What a mesh of so many cells will take on one rank, in words."""
    count = unknowns(cells, dimension, degree, components)
    cost = _COSTS[max(dimension, 2), degree]
    memory, start = _PROGRAM[0] + cost.memory * count, _PROGRAM[1] + cost.mesh * cells
    state = (cost.assemble + cost.solve) * count
    return (
        f"about {_about(cells)} cells, {_about(count)} unknowns; {memory / 1e9:.2g} GB and {duration(start + state)} on one rank, "
        f"{duration(state)} more for each further magnetic state, apart from pictures"
    )


def _about(number):
    """With two digits."""
    return f"{float(f'{number:.2g}'):,.0f}"
