"""A fit from its case and its data to the estimates of the full model and of the one-dimensional formula."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spinfem.case.faults import CaseError, Fault
from spinfem.case.fit import unknowns
from spinfem.fitting.data import Data, read_data
from spinfem.fitting.estimate import Estimate, estimate
from spinfem.fitting.full_model import FullModel, settings_of, with_values
from spinfem.fitting.one_dimensional import NotAValve, OneDimensional
from spinfem.fitting.rows import cases_of
from spinfem.geometry.root import on_root
from spinfem.study.goal_error import GoalError


@dataclass(frozen=True)
class MeshError:
    """How far off the number may be that is known worst on a mesh, and the rows of the data that share the mesh."""

    error: GoalError
    rows: np.ndarray


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
    meshes: tuple[MeshError, ...] = ()  # where errors were estimated
    remeshed: np.ndarray | None = (
        None  # (n,) what the full model gives on meshes made for the values found, less what it gave before
    )

    @property
    def size_of_errors(self):
        """(n,) standard uncertainties of the data: as given, or as large as the residuals are; nan where these tell nothing."""
        if self.data.errors is not None:
            return self.data.errors
        freedom = self.full.degrees_of_freedom
        size = np.sqrt(self.full.chi_square / freedom) if freedom > 0 else np.nan
        return np.full(len(self.data.values), size or np.nan)

    def of_mesh(self, mesh) -> float:
        """The error of one of `meshes` in units of the smallest uncertainty of its number there."""
        same = [row for row in mesh.rows if self.data.names[row] == mesh.error.name]
        return float(mesh.error.error_uncorrected / self.size_of_errors[same].min())

    @property
    def moved(self) -> float:
        """The largest change by the last meshes, in units of the data's uncertainties; nan where they were not made."""
        return np.nan if self.remeshed is None else float(np.max(np.abs(self.remeshed) / self.size_of_errors))


def fit(source, data, comm, progress=lambda what: None):
    """Fit the unknowns of a case to data. Collective. Raises CaseError, SolveError.

    source: the CaseSource of the case. data: path of a CSV file, a pandas.DataFrame, or None: the files that the case names. Meshes stay as they are for
    the start; in the end others are made for the values found, to see what that changes.
    """
    case, data, cases = comm.bcast(on_root(comm, lambda: prepare(source, data)))
    wanted = unknowns(case)

    def model_at(values):
        """The FullModel on meshes that are made for these values."""
        settings = settings_of([with_values(row, wanted, values) for row in cases], data, comm, progress)
        return FullModel(settings, data, wanted, comm, progress)

    model = model_at([unknown.start for unknown in wanted])
    full = estimate(lambda x: model(x)[0], data, wanted, lambda x: model(x)[1])
    formula, why = None, ""
    try:
        formula = estimate(OneDimensional(model.settings, data, wanted, case.fit.formula), data, wanted)
    except NotAValve as error:
        why = str(error)
    remeshed = model_at(full.values).predicted(full.values) - full.predicted
    return FitResult(
        case.title, wanted, data, full, formula, why, model.unit, model.evaluations, _meshes(model.settings), remeshed
    )


def _meshes(settings):
    """The MeshErrors of Settings."""
    rows: dict = {}
    for setting in settings:
        rows.setdefault(id(setting.error), []).extend(setting.rows)
    errors = {id(setting.error): setting.error for setting in settings}
    return tuple(MeshError(error, np.array(rows[key])) for key, error in errors.items() if error)


def prepare(source, data):
    """The Case, the Data, and the Case of each row; everything that can be checked without solving is. Raises CaseError."""
    case = source.case()
    if not case.fit.parameters:
        message = "says what to find, e.g. lambda_N: {vary: PATH, between: [LOW, HIGH]}"
        raise CaseError([Fault("fit.parameters", None, message)])
    name = "the table" if isinstance(data, pd.DataFrame) else str(data or "fit.data")
    data, wanted = read_data(data, case), unknowns(case)
    known = [unknown for unknown in wanted if unknown.prior]
    if known and data.errors is None:
        message = "cannot be weighed against data without errors; give the data a column of errors"
        raise CaseError([Fault(f"fit.parameters.{unknown.name}.prior", None, message) for unknown in known])
    if len(data.values) + len(known) < len(wanted):
        raise CaseError([Fault("data file", name, f"has {len(data.values)} values for {len(wanted)} unknowns")])
    return case, data, cases_of(source, data, wanted)
