"""The case of a fit as it was written, and the cases of the rows of its data: with their settings in it."""

from dataclasses import dataclass
from pathlib import Path

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError, Fault
from spinfem.case.overrides import path_text, split_path
from spinfem.case.parameters import parameters
from spinfem.case.reader import read_case, text_as_it_ran
from spinfem.case.sweep import override
from spinfem.geometry.recipe import outline_of

_WITHOUT = ("solver.error_estimate=false", "sweep={}", "plots=[]", "fit={}")  # what a row has nothing to do with


@dataclass(frozen=True)
class Source:
    """The text of a case file; files that it names lie in `folder`. overrides: PATH=VALUE."""

    text: str
    folder: Path
    overrides: tuple = ()

    def case(self, settings):
        """The Case with settings, path -> value, of one row. Raises CaseError."""
        return read_case(self.text, self.folder, (*self.overrides, *_sets(settings), *_WITHOUT))

    @property
    def whole(self):
        """The Case as it is written. Raises CaseError."""
        return read_case(self.text, self.folder, self.overrides)

    def written(self, settings, without=()):
        """The text of the case with settings in it, without some keys."""
        return text_as_it_ran(self.text, self.folder, (*self.overrides, *_sets(settings)), without)


def settings_for(unknowns, values):
    """path -> value, as in a case file, that gives the unknowns (SI) values."""
    return {
        path_text(path): f"{float(value)!r} {unknown.unit}" if unknown.unit else float(value)
        for unknown, value in zip(unknowns, values, strict=True)
        for path in unknown.paths
    }


def cases_of(source, data, unknowns):
    """The Case of each row, checked against its drawing. The ends of each range are checked too. Raises CaseError with all faults."""
    outlines, faults, cases = [], {}, {}

    def checked(settings):
        try:
            case = source.case(settings)
            return case, cross_check(case, _outline(case, outlines))
        except CaseError as error:
            return None, error.faults

    for settings in data.settings:
        if repr(settings) not in cases:
            case, found = checked(settings)
            found = found or tuple(_missing(case, unknowns))
            cases[repr(settings)] = case
            faults |= {str(fault): fault for fault in found}
    if not faults:
        faults = {str(fault): fault for fault in (*_set_and_found(data, unknowns), *_bad_ends(checked, unknowns))}
    if faults:
        raise CaseError(faults.values())
    return [cases[repr(settings)] for settings in data.settings]


def _set_and_found(data, unknowns):
    """A number cannot be a column of the data and an unknown."""
    columns = {tuple(map(str, split_path(path))): path for path in data.settings[0]}
    for unknown in unknowns:
        for path in unknown.paths:
            if (column := columns.get(tuple(map(str, path)))) is not None:
                yield Fault(
                    "data file", column, f"is to be found as {unknown.name}, so it cannot be a column of the data"
                )


def _missing(case, unknowns):
    """Unknowns of which a row has taken the place away."""
    known = {parameter.path for parameter in parameters(case)}
    for unknown in unknowns:
        for path in unknown.paths:
            if path not in known:
                yield Fault(f"fit.parameters.{unknown.name}", path_text(path), "is not there in every row of the data")


def _bad_ends(checked, unknowns):
    for unknown in unknowns:
        for end in (unknown.low, unknown.high):
            for fault in checked(settings_for([unknown], [end]))[1]:
                what = f"{end:g} {unknown.unit}".rstrip()
                yield Fault(f"fit.parameters.{unknown.name}.between", what, f"{fault.key} {fault.message}")


def _outline(case, outlines):
    """The Outline of a case's drawing; outlines: [(geometry, Outline)] of those seen."""
    for geometry, outline in outlines:
        if geometry == case.geometry:
            return outline
    outlines.append((case.geometry, outline_of(case)))
    return outlines[-1][1]


def _sets(settings):
    return (override(path, value) for path, value in settings.items())
