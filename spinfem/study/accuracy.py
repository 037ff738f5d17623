"""How far each number is from that of the exact solution.

Numbers that are made of Functionals have duals, and with them an estimate of their own (`spinfem.study.goal_error`). The others are compared with a
coarser twin: the same device meshed with every size doubled, or, where the mesh follows `accuracy`, is a file, or counts its cells itself, elements of another
degree on the same mesh: of a lower degree, whose error is larger; of degree 2 for one of degree 1, whose error is the difference and a little
more (`_MARGIN`). Where only a part of the mesh, or one direction in it, got coarser, both twins are solved and their differences added as squares.
"""

from typing import Any, NamedTuple

from spinfem.algebra.solver import SolveError
from spinfem.case.faults import CaseError
from spinfem.geometry.quality import mean_edges
from spinfem.study.adaptive import estimator_of
from spinfem.study.ratio import Undefined, refused
from spinfem.study.results import KINDS, Results, yielded
from spinfem.study.sensitivity import sensitivity_matrix
from spinfem.study.trust import is_check

COARSER = 2.0
_LEAST_GROWTH = 1.25  # of edges, where a mesh twice as coarse is coarser at all
_SAME = 0.7  # of the cells: a mesh that has more of them is the same
_MARGIN = 1.5  # on the difference to degree 2, for the error of degree 2 itself
_MANY = 400_000  # cells, times what their degree makes of them: a twin then costs a tenth of what duals in elements of one degree more do
_OF_DUALS = "residual of each number's dual"


class Twin(NamedTuple):
    """Another discretisation of a case."""

    case: Any
    device: Any
    words: str  # "the difference to" what
    margin: float = 1.0  # times the difference


def estimate(case, session, simulation, results, progress=lambda what: None, level=None):
    """(results with an error for each number, what it was estimated from, warnings). An estimate that fails costs the errors only. Collective.

    simulation: the Simulation that the results were measured by. level: the last Level of a mesh that followed `accuracy`; the numbers are corrected
    by what its estimates know to be missing.
    """
    progress("error estimate")
    device = simulation.device
    many = _cells(device) * case.degree**device.mesh.topology.dim > _MANY
    if level is None and (device.has_curves or many):  # a coarser twin sees what straight edges miss of curves
        return _compared(case, session, device, results, progress, None, ())
    estimator = level.estimator if level else estimator_of(simulation, session, progress)
    left = [o for o in case.observables if level is None or o not in level.counted]
    errors = (*(level.errors if level else ()), *estimator.errors(left))
    results = results.estimated(errors, corrected=level is not None)
    if not _unknown(results):
        return results, _OF_DUALS, ()
    return _compared(case, session, device, results, progress, level, errors)


def _compared(case, session, device, results, progress, level, errors):
    """As `estimate`, with the errors that twins give where there is none; errors: the GoalErrors that there are."""
    try:
        twins, shape = ([_lower_degree(case, device)], "") if level else _twins(case, session, device, progress)
        compared = results
        for twin in twins:
            check_places(twin.case, twin.device)
            repeated = _without_chance(twin.case)
            simulation = session.simulation(repeated, twin.device, lambda what: progress(f"error estimate: {what}"))
            compared = compared.against(measure(repeated, simulation), twin.margin)
    except (CaseError, SolveError) as error:  # raised on all ranks alike
        why = f"the coarser twin failed: {' '.join(str(error).split())}"
        return results, _method(errors, f"none: {why}"), (f"some errors are not known: {why}",)
    method = "difference to " + " and to ".join(twin.words for twin in twins) + shape
    return results.with_errors_of(compared), _method(errors, method), ()


def _without_chance(case):
    """The case without a motion under a random field: there, the least difference of meshes grows to any size."""
    random = case.dynamics is not None and case.dynamics.temperature > 0
    return case.model_copy(update={"dynamics": None}) if random else case


def _method(errors, otherwise):
    return f"{_OF_DUALS}; where a number has none, {otherwise}" if errors else otherwise


def _unknown(results):
    """Are there numbers, or matrices, without an error?"""
    unknown = [m for m in results.measurements if m.error is None and not is_check(m.name)]
    return bool(unknown) or any(matrix.errors is None for matrix in results.matrices)


def _lower_degree(case, device):
    degree = case.degree - 1
    twin = case.model_copy(update={"solver": case.solver.model_copy(update={"degree": degree})})
    return Twin(twin, device, f"degree {degree} on the same mesh")


def measure(case, simulation):
    """The Results of all observables of a case, the motion of its magnets, and the sensitivities that it asks for.

    Raises CaseError with every number that is a ratio to nothing.
    """
    items, faults = [], []
    for observable in case.observables:
        try:
            items += _found(case, observable, simulation)
        except Undefined as error:
            faults += refused(case, observable, error)
    if faults:
        raise CaseError(faults)
    if case.dynamics is not None:
        from spinfem.study.macrospin import findings as macrospin

        items += macrospin.measure(simulation)
    return Results.gather([*items, *sensitivity_matrix(simulation)] if case.sensitivities else items)


def _found(case, observable, simulation):
    """What an observable yields, a list. Raises CaseError where that is nothing that can be written, as it may be of a plugin."""
    found = list(yielded(observable, simulation))
    if strange := [item for item in found if not isinstance(item, KINDS)]:
        path = ("observables", case.observables.index(observable), observable.kind)
        kinds = ", ".join(kind.__name__ for kind in KINDS)
        message = f"its `measure` must yield what spinfem.study.results has for it ({kinds}), and gave {strange[0]!r}"
        raise CaseError([case.fault(path, observable.kind, message)])
    return found


def check_places(case, device) -> None:
    """Raise CaseError where an observable looks at a place outside the device. Collective."""
    faults = [
        case.fault(("observables", i, observable.kind, key), value, message)
        for i, observable in enumerate(case.observables)
        for key, value, message in observable.misplaced(device)
    ]
    if faults:
        raise CaseError(faults)


def _twins(case, session, device, progress):
    """The Twins to compare with, and words on the shape if none of them can tell its error."""
    from_file = case.geometry.mesh is not None
    shape = (
        "; the shape is that of the file: what its straight edges miss of a curve is not counted" if from_file else ""
    )
    if from_file and not case.mesh.refinements:
        return [_other_degree(case, device)], shape
    progress("error estimate: meshing the coarser twin")
    coarse = session.device(case, COARSER)
    coarser = Twin(case, coarse, f"a mesh {COARSER:g} times coarser")
    if not (alike := _hardly_coarser(device, coarse)):
        return [coarser], shape
    other = _other_degree(case, device)
    if _cells(coarse) > _SAME * _cells(device):
        why = " (the drawing fixes its cells: no coarser mesh can be made, and none that follows curved edges better)"
        return [other._replace(words=other.words + why)], shape
    why = f" (the cells of {', '.join(alike)} did not get larger everywhere)"
    return [coarser, other._replace(words=other.words + why)], shape


def _other_degree(case, device):
    degree, margin = (case.degree - 1, 1.0) if case.degree > 1 else (2, _MARGIN)
    times = f", times {margin:g}" if margin != 1 else ""
    twin = case.model_copy(update={"solver": case.solver.model_copy(update={"degree": degree})})
    return Twin(twin, device, f"degree {degree} on the same mesh{times}", margin)


def _hardly_coarser(device, coarse):
    """The regions whose cells are not longer in all directions in the coarser mesh, sorted. Collective."""
    fine = mean_edges(device)
    return sorted(name for name, edges in mean_edges(coarse).items() if (edges < _LEAST_GROWTH * fine[name]).any())


def _cells(device):
    return device.mesh.topology.index_map(device.mesh.topology.dim).size_global
