"""A fit from its case and its data to the estimates of the full model and of the one-dimensional formula."""

from dataclasses import dataclass

import pandas as pd

from spinfem.case.faults import CaseError, Fault
from spinfem.case.fit import unknowns
from spinfem.fitting.data import Data, observable_of, read_data
from spinfem.fitting.estimate import Estimate, estimate
from spinfem.fitting.full_model import FullModel, settings_of, with_values
from spinfem.fitting.one_dimensional import NotAValve, OneDimensional
from spinfem.fitting.rows import cases_of
from spinfem.geometry.root import on_root


@dataclass(frozen=True)
class FitResult:
    """What a fit came to. `formula` is None where the one-dimensional formula does not apply; `why` says it then."""

    title: str
    unknowns: list
    data: Data
    full: Estimate
    formula: Estimate | None
    why: str
    unit: str  # of the measured number, SI
    solves: int  # evaluations of the full model


def fit(source, data, comm, progress=lambda what: None):
    """Fit the unknowns of a case to data. Collective. Raises CaseError, SolveError.

    source: the CaseSource of the case. data: path of a CSV file, or a pandas.DataFrame.
    """
    case, data, cases = comm.bcast(on_root(comm, lambda: prepare(source, data)))
    wanted = unknowns(case)
    start = [unknown.start for unknown in wanted]
    settings = settings_of([with_values(row, wanted, start) for row in cases], comm, progress)
    observable = observable_of(case, data.name)
    model = FullModel(settings, observable, data, wanted, comm, progress)
    full = estimate(lambda x: model(x)[0], data, wanted, lambda x: model(x)[1])
    formula, why = None, ""
    try:
        formula = estimate(OneDimensional(settings, observable, data.name, wanted), data, wanted)
    except NotAValve as error:
        why = str(error)
    return FitResult(case.title, wanted, data, full, formula, why, model.unit, model.evaluations)


def prepare(source, data):
    """The Case, the Data, and the Case of each row; everything that can be checked without solving is. Raises CaseError."""
    case = source.case()
    if not case.fit.parameters:
        message = "says what to find, e.g. lambda_N: {vary: PATH, between: [LOW, HIGH]}"
        raise CaseError([Fault("fit.parameters", None, message)])
    name = "the table" if isinstance(data, pd.DataFrame) else str(data)
    data, wanted = read_data(data, case), unknowns(case)
    if len(data.values) < len(wanted):
        raise CaseError([Fault("data file", name, f"has {len(data.values)} values for {len(wanted)} unknowns")])
    return case, data, cases_of(source, data, wanted)
