"""Numbers of a case from measured data: `spinfem.fit`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pint
from mpi4py import MPI

from spinfem.api.case import Case, load
from spinfem.api.values import quantity
from spinfem.fitting.diagnostics import warnings
from spinfem.fitting.estimate import Estimate
from spinfem.fitting.fit import FitResult
from spinfem.fitting.fit import fit as find
from spinfem.fitting.write import found, table_of, write_fit


@dataclass(frozen=True)
class Found:
    """What the data say about one unknown: its 95 % interval is value ± half_width (infinite: the data do not determine it)."""

    value: pint.Quantity
    half_width: pint.Quantity


class Values(Mapping):
    """Name of an unknown -> Found, by one model."""

    def __init__(self, unknowns, estimate):
        self.estimate: Estimate = estimate  # in plain SI numbers
        self._unknowns = {unknown.name: k for k, unknown in enumerate(unknowns)}
        self._units = [unknown.unit for unknown in unknowns]

    def __getitem__(self, name):
        k = self._unknowns[name]
        numbers = self.estimate.values[k], self.estimate.half_widths[k]
        return Found(*(quantity(number, self._units[k]) for number in numbers))

    def __iter__(self):
        return iter(self._unknowns)

    def __len__(self):
        return len(self._unknowns)

    @property
    def correlation(self) -> np.ndarray:
        """pandas.DataFrame, (k, k); nan where an unknown is not determined."""
        return pd.DataFrame(self.estimate.correlation, index=list(self), columns=list(self))


class Fitted(Values):
    """What `spinfem.fit` found, by the full model: fitted["lambda_N"].value. `result` has everything, in plain SI numbers."""

    def __init__(self, given, result, comm):
        super().__init__(result.unknowns, result.full)
        self.result: FitResult = result
        self._given, self._comm = given, comm

    @cached_property
    def formula(self):
        """The Values that the one-dimensional formula finds in the same data; None where it does not apply."""
        return self.result.formula and Values(self.result.unknowns, self.result.formula)

    @property
    def warnings(self) -> list[str]:
        """What must not be overlooked, a line each."""
        return list(warnings(self.result))

    @property
    def table(self):
        """pandas.DataFrame of the data and what both models predict, as in fit.csv."""
        return table_of(self.result)

    @property
    def case(self):
        """The Case with the values that were found."""
        return found(self.result, self._given.source).case(Case)

    def save(self, folder) -> Path:
        """Write what `spinfem fit -o` writes; returns the path of the folder. Collective. Raises FolderInUse."""
        write_fit(folder, self.result, self._given.source, self._comm)
        return Path(folder)


def fit(case, data=None, comm=MPI.COMM_WORLD, progress=lambda what: None):
    """The Fitted of a case with `fit`: its unknowns from measured data, by the full model and the one-dimensional formula. Collective.

    case: a Case, or what `spinfem.load` takes. data: path of a CSV file, or a pandas.DataFrame with such headers: "PATH [unit]" for what
    was set, "NAME [unit]" for what was measured, "NAME error [unit]" for its standard uncertainty; default: the files that the case names (`fit.data`).
    Raises CaseError, SolveError.
    """
    case = case if isinstance(case, Case) else load(case)
    return Fitted(case, find(case.source, data, comm, progress), comm)
