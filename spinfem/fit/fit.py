"""A fit from its case file and its data to the estimates of the full model and of the one-dimensional formula."""

from dataclasses import dataclass
from pathlib import Path

from spinfem.batch.points import Point, check_points
from spinfem.case.faults import CaseError, Fault
from spinfem.case.fit import unknowns
from spinfem.case.quantity import unit_of
from spinfem.fit.data import Data, read_data
from spinfem.fit.estimate import Estimate, estimate
from spinfem.fit.full_model import FullModel, settings_of
from spinfem.fit.one_dimensional import NotAValve, OneDimensional
from spinfem.geometry.root import on_root


@dataclass(frozen=True)
class FitResult:
    """What a fit came to. `formula` is None where the one-dimensional formula does not apply; `why` says it then."""

    unknowns: list
    data: Data
    full: Estimate
    formula: Estimate | None
    why: str
    unit: str  # of the measured number, SI
    solves: int  # evaluations of the full model


def fit(case, case_file, overrides, data_file, comm, tell=lambda what: None):
    """Fit the unknowns of a case to data. Collective. Raises CaseError, GeometryError, SolveError."""
    if not case.fit.parameters:
        raise CaseError(
            [Fault("fit.parameters", None, "says what to find, e.g. lambda_N: {vary: ..., between: [...]}")]
        )
    data, cases = comm.bcast(on_root(comm, lambda: _rows(case, case_file, overrides, data_file)))
    wanted = unknowns(case)
    if len(data.values) < len(wanted):
        message = f"has {len(data.values)} values for {len(wanted)} unknowns"
        raise CaseError([Fault("data file", str(data_file), message)])
    observable = next(o for o in case.observables if f"{data.name}.".startswith(f"{o.name}."))
    settings = settings_of(cases, comm, tell)
    model = FullModel(settings, observable, data.name, wanted, comm, tell)
    unit = model.unit_at([u.start for u in wanted])
    if not unit_of(data.unit or "dimensionless").is_compatible_with(unit or "dimensionless"):
        raise CaseError([Fault("data file", data.unit or "(no unit)", f"{data.name} is counted in {unit}")])
    full = estimate(lambda x: model(x)[0], data, wanted, lambda x: model(x)[1])
    formula, why = None, ""
    try:
        formula = estimate(OneDimensional(settings, observable, data.name, wanted), data, wanted)
    except NotAValve as error:
        why = str(error)
    return FitResult(wanted, data, full, formula, why, unit, model.evaluations)


def _rows(case, case_file, overrides, data_file):
    """The Data, and the Case of each row."""
    data = read_data(data_file, case)
    fixed = (*(overrides or ()), "solver.error_estimate=false")
    points = [Point(k, setting, Path(case_file), fixed) for k, setting in enumerate(data.settings, start=1)]
    check_points(points)
    return data, [point.load() for point in points]
