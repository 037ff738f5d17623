"""How exact the numbers of a table in time or at frequencies are: the same once more with elements of one degree more on the same mesh.

What they see beyond those there are is the error of the mesh, time by time and frequency by frequency: spins that reach less far ask for a finer mesh
than the steady device, and no number of the steady device knows. In time the twin takes each step in two halves, which leaves an eighth of the error
of a method of order 3, so the difference has that of the steps too. Where elements of one degree more would be too many, those of one degree less, whose
error is larger.
"""

from dataclasses import dataclass, replace

import numpy as np

from spinfem.study.results import Table
from spinfem.study.simulation import Simulation

ERROR = "error"
MOST = 300_000  # unknowns of a twin with elements of one degree more
TOO_MANY = f"elements of one degree more have more than {MOST:,} unknowns, and there are none of one degree less"


@dataclass(frozen=True)
class FinerTwin:
    """A Simulation of the same device with other elements, and `words` on them."""

    simulation: Simulation
    words: str


def twin_of(simulation, session, progress=lambda what: None) -> FinerTwin | None:
    """What the table of a Simulation is compared with; None where that would take too much. Collective."""
    case, problem = simulation.case, simulation.problem()
    unknowns = problem.space.dofmap.index_map.size_global * problem.layout.size
    more = unknowns * (1 + 1 / case.degree) ** simulation.device.mesh.topology.dim
    if more <= MOST:
        degree, words = case.degree + 1, "elements of one degree more"
    elif case.degree > 1:
        degree, words = case.degree - 1, "elements of one degree less, whose error is larger"
    else:
        return None
    other = case.model_copy(update={"solver": case.solver.model_copy(update={"degree": degree})})
    told = lambda what: progress(f"error estimate: {what}")  # noqa: E731
    return FinerTwin(session.simulation(other, simulation.device, told), words)


def with_errors(table, differences, words) -> Table:
    """The Table with a column NAME.error behind all of NAME, in its unit; differences: NAME -> (unit, errors)."""
    columns = {}
    for name, column in table.columns.items():
        columns[name] = column
        owner = next((o for o in (name, name.rpartition(".")[0]) if o in differences), None)
        if owner is not None and f"{owner}.{ERROR}" not in columns:
            columns[f"{owner}.{ERROR}"] = differences[owner]
    return replace(table, columns=columns, notes=(*table.notes, f"errors: {words}"))


def apart(values, others):
    """|difference| of two columns, real or complex, not a number where there is nothing to compare with."""
    return np.abs(np.asarray(values) - np.asarray(others))
