"""Cases as a script handles them: loaded or made from a dict, changed, never altered."""

from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from spinfem.api.values import plain, setting
from spinfem.case.cross_check import cross_check
from spinfem.case.devices import shipped
from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.case.outline import Outline
from spinfem.case.quantity import unit_of, units
from spinfem.case.reader import bare_numbers, read_case, text_as_it_ran, text_of
from spinfem.case.schema import Case
from spinfem.geometry.recipe import outline_of


@dataclass(frozen=True, repr=False)
class OpenCase:
    """A case that has been read and compared with its drawing, and remembers how it was written.

    Its checked values, all in SI units, are at hand as attributes: `case.regions["wire"].material.conductivity`.
    """

    checked: Case
    outline: Outline  # of the drawing: its regions, terminals, contacts, parameters
    source: str  # what was read
    folder: Path  # files that it names are looked for here
    overrides: tuple[str, ...] = ()  # PATH=VALUE

    def changed(self, changes=(), **top_level):
        """The same case with other values; this one stays as it is. Raises CaseError with every fault there is.

        changes: path -> value, the paths as those of `--set`: "regions.wire.material", "geometry.layers.2.thickness". A value is text
        as in a case file ("300 nm"), a pint quantity, or a number in SI units; or a dict or list of these. Keys of the top level may
        be given by name instead: changed(title="wide").
        """
        settings = (setting(path, value) for path, value in (dict(changes) | top_level).items())
        return _opened(self.source, self.folder, (*self.overrides, *settings), before=self)

    @property
    def text(self):
        """The case file that gives the same results, comments kept."""
        return text_as_it_ran(self.source, self.folder, self.overrides)

    def __getattr__(self, name):
        if name.startswith("_") or name == "checked":  # pickle asks before anything is there
            raise AttributeError(name)
        return getattr(self.checked, name)

    def __dir__(self):
        return [*super().__dir__(), *Case.model_fields]

    def __repr__(self):
        return f"<case: {self.checked.title or 'untitled'}>"


def load(name):
    """The OpenCase of a case file, or of a case that comes with spinfem: load("nonlocal_valve").

    Every rank reads for itself. Raises CaseError with every fault there is.
    """
    path = Path(name)
    if not path.is_file():
        known = {file.stem: file for file in sorted(shipped("cases").glob("*.yaml"))}
        if str(name) not in known:
            message = "there is no such file; " + not_among(name, known, "case that comes with spinfem")
            raise CaseError([Fault("case", str(name), message)])
        path = known[str(name)]
    return _opened(text_of(path), path.parent)


def read(case, folder="."):
    """The OpenCase of a dict, or of the text of a case file. Raises CaseError with every fault there is.

    case: in a dict, values are as in `OpenCase.changed`. folder: files that it names are looked for here.
    """
    if isinstance(case, str):
        return _opened(case, Path(folder))
    text = StringIO()
    YAML(typ="safe", pure=True).dump(plain(case), text)
    return _opened(text.getvalue(), Path(folder), from_dict=True)


def _opened(text, folder, overrides=(), before=None, from_dict=False):
    """The OpenCase; `before`: the one that is changed."""
    try:
        if before or from_dict:  # in Python a bare number counts in SI units
            overrides = (*overrides, *_in_si(bare_numbers(text, folder, overrides)))
        case = read_case(text, folder, overrides)
        outline = _outline(case, before)
        if (before or from_dict) and (settings := tuple(_in_si(_bare_parameters(case, outline)))):
            return _opened(text, folder, (*overrides, *settings), before, from_dict)
        if faults := cross_check(case, outline):
            raise CaseError(faults)
    except CaseError as error:
        raise CaseError(_from_python(fault, from_dict) for fault in error.faults) from None
    return OpenCase(case, outline, text, Path(folder), tuple(overrides))


def _outline(case, before):
    return before.outline if before and before.checked.geometry == case.geometry else outline_of(case)


def _in_si(numbers):
    """The settings that give bare numbers, (path, number, SI unit), their unit."""
    return (setting(path, f"{number!r} {unit}") for path, number, unit in numbers)


def _bare_parameters(case, outline):
    """(path, number, SI unit) of numbers for parameters of the drawing that count something."""
    for name, given in case.geometry.parameters.items():
        unit = name in outline.parameters and outline.parameters[name].unit
        if unit and not isinstance(given.text, str):
            yield ("geometry", "parameters", name), given.text, f"{units().get_base_units(unit_of(unit))[1]:~}"


def _from_python(fault, from_dict):
    """A Fault whose place is told in the words of a script: a dict has no lines."""
    return replace(fault, where="" if from_dict else fault.where.replace("--set", "changed"))
