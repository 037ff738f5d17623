"""What a solved case gives: numbers with units and errors by name, tables, fields, and other states of the same device."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pint
from rich.console import Console

from spinfem.api import asked
from spinfem.api.state import State
from spinfem.api.values import quantity
from spinfem.case.faults import not_among
from spinfem.formatting import error_words, value_words
from spinfem.output.console import results_table
from spinfem.output.write import write_outcome
from spinfem.postprocessing.functions import Fields
from spinfem.study.simulation import Simulation


@dataclass(frozen=True)
class Observed:
    """A number that an observable found. Vectors are quantities of an array, (3,)."""

    name: str
    value: pint.Quantity
    error: pint.Quantity | None  # None: not known
    note: str = ""  # what the number is, in a few words

    @property
    def measurement(self):
        """Value and error as one pint Measurement, which carries the error along. Raises ValueError without an error, or for a vector."""
        if self.error is None or np.ndim(self.value.magnitude):
            raise ValueError(f"{self.name} has no single value with an error")
        return self.value.plus_minus(self.error)


class Result(Mapping):
    """Observables by name, as in `results.json`: result["R_NL.difference"].value.

    case: what was solved. checks, mesh, solver, seconds: as in `results.json`. Methods and fields are collective.
    """

    def __init__(self, case, outcome):
        self.case, self.outcome = case, outcome
        self.checks, self.mesh = outcome.checks, outcome.mesh
        self.solver, self.seconds = outcome.solver, outcome.seconds

    def __getitem__(self, name):
        if name not in self._measurements:
            raise KeyError(not_among(name, self._measurements, "observable"))
        m = self._measurements[name]
        return Observed(
            m.name, quantity(m.value, m.unit), None if m.error is None else quantity(m.error, m.unit), m.note
        )

    def __iter__(self):
        return iter(self._measurements)

    def __len__(self):
        return len(self._measurements)

    @property
    def tables(self):
        """Name -> pandas.DataFrame, its columns called as in the CSV files: "x [m]"; their units are in `attrs["units"]`."""
        return {table.name: _frame(table) for table in self.outcome.results.tables}

    @property
    def matrices(self):
        """Name -> pandas.DataFrame of a matrix, its unit in `attrs["unit"]`."""
        return {matrix.name: _matrix_frame(matrix) for matrix in self.outcome.results.matrices}

    @property
    def snapshots(self) -> list[tuple[pint.Quantity, State]]:
        """(time, State) of each snapshot of a run in time; none otherwise."""
        followed = self.outcome.transient
        return [(quantity(time, "s"), State(solution)) for time, solution in (followed.snapshots if followed else ())]

    @property
    def documents(self):
        """File name -> text for other programs."""
        return {document.file_name: document.text for document in self.outcome.results.documents}

    @cached_property
    def state(self) -> State:
        """The State of the device as the case says."""
        return State(self.outcome.solution)

    @property
    def fields(self) -> Fields:
        """phi, v, j, J as dolfinx functions: see `spinfem.postprocessing.functions.Fields`."""
        return self.state.fields

    @property
    def terminals(self):
        """Terminal -> what its instruments show: see `State.terminals`."""
        return self.state.terminals

    def grid(self, gather=True):
        """The fields as a pyvista.UnstructuredGrid: see `State.grid`."""
        return self.state.grid(gather)

    @property
    def simulation(self) -> Simulation:
        """The device on the bench (`spinfem.study.simulation`): every question that an observable may ask, in plain SI numbers."""
        return self.outcome.simulation

    def solution(self, magnetizations=(), drive=None) -> State:
        """The State of the same device with other magnetizations and another drive. Each is assembled and solved once. Collective.

        magnetizations: ferromagnet -> its magnetization, written as in a case: {"detector": "-y"}; the others keep theirs. drive: terminal ->
        its current (where the case gives a current or lets it float) or its voltage (where the case gives that), as text with a unit,
        pint quantity or SI number; terminals that are not named get zero. Or a `spinfem.Drive`, which can drive spins too. The default is
        the case's drive. Raises CaseError.
        """
        asked_for = asked.magnetizations(self.case, magnetizations), asked.drive(self.case, drive)
        return State(self.simulation.solution(*asked_for))

    def save(self, folder):
        """Write what `spinfem run -o` writes; returns the path of the folder. Collective.

        An earlier result in `folder` is replaced; raises FolderInUse where anything else is there.
        """
        report = self.outcome.case.output.report
        for words in write_outcome(folder, self.outcome, self.case.text, self.simulation.comm, report=report):
            warnings.warn(words, stacklevel=2)
        return Path(folder)

    @property
    def _measurements(self):
        return {m.name: m for m in self.outcome.results.measurements}

    def __repr__(self):
        return f"<result: {self.case.title or 'untitled'}, {len(self)} observables>"

    def __str__(self):
        text = StringIO()
        Console(file=text, width=160, highlight=False).print(results_table(self.outcome))
        return text.getvalue()

    def _repr_html_(self):
        rows = [
            (m.name, value_words(m.value, m.unit), error_words(m.error, m.unit), m.note)
            for m in self.outcome.results.measurements
        ]
        cells = ("".join(f"<td>{escape(entry)}</td>" for entry in row) for row in rows)
        head = "<tr><th>observable</th><th>value</th><th>error</th><th></th></tr>"
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><caption>{escape(self.case.title)}</caption>{head}{body}</table>"


def _frame(table):
    names = {header: f"{header} [{unit}]" if unit else header for header, (unit, _) in table.columns.items()}
    frame = pd.DataFrame({names[header]: values for header, (_, values) in table.columns.items()})
    frame.attrs["units"] = {names[header]: unit for header, (unit, _) in table.columns.items()}
    return frame


def _matrix_frame(matrix):
    frame = pd.DataFrame(matrix.values, index=list(matrix.rows), columns=list(matrix.columns))
    frame.attrs["unit"] = matrix.unit
    return frame
