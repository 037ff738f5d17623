"""The mesh is refined until the numbers are as exact as the case asks for.

Each level is solved, the error of each number estimated from its dual, the number compared with that of the level before, and the edges cut that have most of it: of all numbers that are not
exact enough, each counted in units of what it may be off. Nothing is remembered from one case to the next, so a case gives the same numbers
whatever was computed before it; unless all of a series `begin_with` the mesh of one of them.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spinfem.algebra.solver import SolveError
from spinfem.case.faults import CaseError
from spinfem.study.goal_error import Estimator, GoalError
from spinfem.study.simulation import Simulation
from spinfem.study.trust import SMALL, SMALL_NAMED, counted_as, is_check

_PART = 0.9  # of the error is on the edges that are cut
_MOST_LEVELS = 40
_FEW = 3  # names in one warning
_WORTH = 2.0  # times what was asked for: worth a warning
_NOT_NOTHING = 0.5  # relative errors below this are of numbers that are not zero
_BESIDE = "small beside others of their observable, they count as a hundredth of these (`accuracy: of` with that observable: a ten-thousandth)"
_NOISE = "what the solver leaves is larger than what the mesh misses (`solver: tolerance`, or `method: direct`, makes it smaller)"
_NO_EDGES = np.empty(0)
_GROWTH = 1.2  # of unknowns, from one level to the next, at least


@dataclass(frozen=True)
class Level:
    """One mesh, and how exact the numbers are on it."""

    device: Any
    simulation: Simulation
    estimator: Estimator
    counted: tuple  # the observables whose numbers were looked at
    errors: tuple[GoalError, ...]  # of these
    unknowns: int
    worst: GoalError | None  # that of the number which is least exact

    @property
    def row(self):
        """For results.json."""
        worst = self.worst
        known = (None,) * 4 if worst is None else (worst.name, worst.corrected, worst.unit, worst.error)
        return {"unknowns": self.unknowns, **dict(zip(("number", "value", "unit", "error"), known, strict=True))}


def adapted(case, session, progress=lambda what: None, corrected=True):
    """(the last Level, rows of all levels, what to warn of) for a case with a `goal`. corrected: as of `levels`. Collective.

    Raises GeometryError, SolveError.
    """
    rows, start = [], time.monotonic()
    level: Any = None
    why = f"a finer mesh would have more than {case.goal.at_most:,} unknowns (`accuracy: at_most`)"
    try:
        for level in levels(case, session, progress, corrected=corrected):
            rows.append(level.row)
            progress(_told(level))
            if session.comm.bcast(case.goal.seconds is not None and time.monotonic() - start > case.goal.seconds):
                why = "the time is over (`accuracy: seconds`)"
                break
    except SolveError as error:
        if not rows:
            raise
        why = f"on a finer mesh {error}"
    if max(_excess(case, level.errors), default=0.0) > 1.0:
        return level, rows, [_short(case.goal, level, why)]
    return level, rows, [*_excused(case, level.errors)]


def begin_with(case, session, progress=lambda what: None):
    """Refine the mesh of a case, and have those with the same drawing and metals begin with it; with meshes of their own, if this one has no solution. Collective."""
    if session.has_begun_with(case):
        return
    mesh = None
    try:
        mesh = session.adaptable(case)
        for level in levels(case, session, progress, mesh):
            progress(_told(level))
    except (CaseError, SolveError):  # told by whoever runs it
        mesh = None
    session.begin_with(mesh, case)


def levels(case, session, progress=lambda what: None, mesh=None, corrected=True):
    """Yields Level after Level, until the numbers are exact enough or the next mesh would be too large. Collective.

    mesh: the Adaptable to refine. corrected: will what the estimates know to be missing be added to the numbers?
    """
    progress("meshing")
    mesh = mesh or session.adaptable(case)
    hardest = None  # the observable that was not exact enough last time: it is looked at first
    before: dict = {}  # name -> the last GoalError of that number
    for _ in range(_MOST_LEVELS):
        level = _solved(case, session, mesh.device, progress, hardest, before, corrected)
        before |= {error.name: replace(error, edges=_NO_EDGES, curves=_NO_EDGES) for error in level.errors}
        hardest = level.worst and level.worst.observable
        yield level
        excess = np.array(_excess(case, level.errors))
        if not (excess > 1.0).any() or level.unknowns * _GROWTH > case.goal.at_most:
            return
        missed = zip(excess[excess > 1.0], np.array(level.errors)[excess > 1.0], strict=True)
        indicators = sum(size * error.on_edges for size, error in missed)
        edges = level.estimator.edges
        del level, missed
        session.forget()
        progress("refining the mesh")
        mesh.refine(edges, indicators, _PART)


def _solved(case, session, device, progress, hardest, before, corrected):
    simulation = session.simulation(case, device, progress)
    estimator = estimator_of(simulation, session, progress)
    counted = [o for o in case.observables if not case.goal.of or o.name in case.goal.of]
    counted.sort(key=lambda o: o.name != hardest)
    progress("estimating errors")
    errors: tuple = ()
    looked_at: tuple = ()
    for some in (counted[:1], counted[1:]):
        # Those without a number here may have one on the last mesh; that is seen when they are measured.
        defined = tuple(observable for observable in some if estimator.defined(observable))
        found = (error for error in estimator.errors(defined) if not is_check(error.name))
        found = (error if corrected else error.of_value for error in found)
        errors += tuple(error.after(before[error.name]) if error.name in before else error for error in found)
        looked_at += defined
        if max(_excess(case, errors), default=0.0) > 1.0:
            break  # what refines the mesh for this one does others good too
    errors = errors or (estimator.power(),)  # no number has a dual: fields are what is asked for
    unknowns = simulation.solution().problem.constraints.n_free
    sizes = _excess(case, errors)
    worst = errors[int(np.argmax(sizes))] if sizes else None
    return Level(device, simulation, estimator, looked_at, errors, unknowns, worst)


def estimator_of(simulation, session, progress=lambda what: None) -> Estimator:
    """The Estimator of the numbers of a Simulation's case."""
    case, device = simulation.case, simulation.device
    degree = case.degree + 1
    higher = case.model_copy(update={"solver": case.solver.model_copy(update={"degree": degree})})
    return Estimator(simulation, session.simulation(higher, device, progress))


def _excess(case, errors):
    """The error of each number over what it may be, 0 where a finer mesh does nothing for it: the solver's noise is larger. Numbers that are small
    beside others of their unit count as if they were larger."""
    sizes = _counted_as(errors, SMALL_NAMED if case.goal.of else SMALL)
    return [
        error.error / (case.goal.target * size) if size and not _in_noise(error) else 0.0
        for error, size in zip(errors, sizes, strict=True)
    ]


def _counted_as(errors, small):
    """What the error of each number is relative to; small: as of `counted_as`."""
    largest: dict = {}
    for error in errors:
        key = error.observable, error.unit
        largest[key] = max(largest.get(key, 0.0), abs(error.corrected))
    return [counted_as(error.corrected, largest[error.observable, error.unit], small) for error in errors]


def _in_noise(error):
    return error.of_mesh <= error.noise


def _excused(case, errors):
    """What to say of numbers that are clearly not nothing and less exact than `accuracy` asks for, though no finer mesh was made for them, a sentence."""
    told = {_BESIDE: [], _NOISE: []}
    for error, size in zip(errors, _counted_as(errors, SMALL_NAMED), strict=True):
        relative = error.error / size if size and abs(error.corrected) == size else 0.0
        if _WORTH * case.goal.target < relative < _NOT_NOTHING:
            told[_NOISE if _in_noise(error) else _BESIDE].append(f"{error.name} ({100 * relative:.2g} %)")
    for why, names in told.items():
        if names:
            more = [f"{len(names) - _FEW} more"] if len(names) > _FEW else []
            yield f"less exact than {100 * case.goal.target:g} %: {', '.join([*names[:_FEW], *more])}; {why}"


def _told(level):
    if level.worst is None:
        return f"{level.unknowns:,} unknowns"
    worst = level.worst
    return f"{level.unknowns:,} unknowns: {worst.name} = {worst.corrected:.6g} +- {worst.error:.2g} {worst.unit}"


def _short(goal, level, why):
    name, value, error = level.worst.name, level.worst.corrected, level.worst.error
    relative = f"{100 * error / abs(value):.2g} %" if value else f"{error:.2g}"
    return f"the accuracy of {100 * goal.target:g} % was not reached: {name} is known to {relative}; {why}"
