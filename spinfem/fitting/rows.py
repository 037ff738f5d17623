"""The cases of the rows of the data of a fit: with their settings in them."""

from spinfem.case.faults import CaseError, Fault
from spinfem.case.overrides import path_text, split_path
from spinfem.case.parameters import parameters
from spinfem.geometry.outlines import Outlines

_WITHOUT = {"sweep": {}, "plots": [], "fit": {}}  # what a row has nothing to do with


def settings_for(unknowns, values):
    """path -> value, as in a case file, that gives the unknowns (SI) values."""
    return {
        path_text(path): f"{float(value)!r} {unknown.unit}" if unknown.unit else float(value)
        for unknown, value in zip(unknowns, values, strict=True)
        for path in unknown.paths
    }


def cases_of(source, data, unknowns):
    """The Case of each row, checked against its drawing. The ends of each range are checked too. Raises CaseError with all faults."""
    outlines, faults, cases = Outlines(), {}, {}

    def checked(settings):
        return outlines.checked(source.with_settings(settings | _WITHOUT))

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
    """A number cannot be a setting of the data and an unknown, nor can a field be of which the data set another part."""
    for column in data.paths:
        steps = tuple(map(str, split_path(column)))
        for unknown in unknowns:
            for path in unknown.paths:
                if tuple(map(str, path)) == steps or path[0] == steps[0] == "magnetic_field":
                    message = f"is to be found as {unknown.name}, so it cannot be a column of the data, or `set`"
                    yield Fault("data file", column, message)


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
