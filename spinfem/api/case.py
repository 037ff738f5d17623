"""Cases as a script handles them: loaded or made of their parts, changed, never altered."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

from pydantic import PrivateAttr, ValidationError, ValidationInfo, model_validator
from ruamel.yaml import YAML

from spinfem.case import schema
from spinfem.case.cross_check import cross_check
from spinfem.case.devices import shipped
from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.case.given import from_file, plain
from spinfem.case.outline import Outline
from spinfem.case.overrides import path_text, split_path
from spinfem.case.quantity import unit_of, units
from spinfem.case.script_parameters import Given
from spinfem.case.source import CaseSource
from spinfem.case.validation import Checked, faults_of
from spinfem.geometry.recipe import outline_of


class Case(schema.Case):
    """A device and what is to be found out about it, compared with its drawing. `spinfem.load` and `spinfem.read` make one of a case file.

    All values are in SI units: `case.regions["wire"].material.conductivity`. Raises CaseError with every fault there is.
    """

    _folder: Path = PrivateAttr(Path("."))
    _outline: Outline = PrivateAttr()

    @model_validator(mode="after")
    def _fits_its_drawing(self, info: ValidationInfo):
        context = info.context or {}
        self._folder = Path(context.get("folder", "."))
        before = context.get("before")
        self._outline = before.outline if before and before.geometry == self.geometry else outline_of(self)
        if not from_file(info):
            self.geometry.parameters.update(_in_si(self.geometry.parameters, self._outline.parameters))
        if faults := cross_check(self, self._outline):
            raise CaseError(faults)
        return self

    @property
    def outline(self) -> Outline:
        """The Outline of the drawing: its regions, terminals, contacts, parameters."""
        return self._outline

    @property
    def folder(self) -> Path:
        """Files that it names are looked for here."""
        return self._folder

    @property
    def source(self) -> CaseSource:
        """The CaseSource that gives this case."""
        return self._source or CaseSource(self.text, self._folder)

    @property
    def text(self) -> str:
        """The case file that gives the same results, with the comments of the one that it was read from."""
        if self._source:
            return self._source.as_it_ran()
        text, yaml = StringIO(), YAML()
        yaml.width = 120
        yaml.dump(self.as_file(), text)
        return text.getvalue()

    def changed(self, changes=(), **top_level):
        """The same case with other values; this one stays as it is. Raises CaseError with every fault there is.

        changes: path -> value, the paths as those of `--set`: "regions.wire.material", "geometry.layers.2.thickness". A value is text
        as in a case file ("300 nm"), a pint quantity, or a number in SI units; or a dict or list of these, or a part of a case such as
        `spinfem.Region(...)`. Keys of the top level may be given by name instead: changed(title="wide").
        """
        changes = {
            path if isinstance(path, str) else path_text(path): _as_data(value)
            for path, value in (dict(changes) | top_level).items()
        }
        try:
            case = self.source.with_settings(changes).case(Case, file=False, before=self)
        except CaseError as error:
            faults = (replace(fault, where=fault.where.replace("--set", "changed")) for fault in error.faults)
            raise CaseError(faults) from None
        said = case.as_file()
        case._source = self.source.with_settings(
            {path: _with_units(value, _at(said, path) or _unkept(path, value)) for path, value in changes.items()}
        )
        return case

    def __repr__(self):
        return f"<case: {self.title or 'untitled'}>"


def load(name) -> Case:
    """The Case of a case file, or of a case that comes with spinfem: load("nonlocal_valve").

    Every rank reads for itself. Raises CaseError with every fault there is.
    """
    path = Path(name)
    if not path.is_file():
        known = {file.stem: file for file in sorted(shipped("cases").glob("*.yaml"))}
        if str(name) not in known:
            message = "there is no such file; " + not_among(name, known, "case that comes with spinfem")
            raise CaseError([Fault("case", str(name), message)])
        path = known[str(name)]
    return CaseSource.of_file(path).case(Case)


def read(case, folder=".") -> Case:
    """The Case of the text of a case file, or of a dict with the same keys. Raises CaseError with every fault there is.

    case: in a dict, values are as in `Case.changed`. folder: files that it names are looked for here.
    """
    if isinstance(case, str):
        return CaseSource(case, Path(folder)).case(Case)
    try:
        return Case.model_validate(case, context={"folder": folder})
    except ValidationError as error:
        raise CaseError(faults_of(error, Case)) from None


def _in_si(given, parameters):
    """Bare numbers for Parameters of a drawing that count something, with the SI unit that they count in."""
    for name, value in given.items():
        unit = name in parameters and parameters[name].unit
        if unit and not isinstance(value.text, str):
            yield name, Given(f"{value.text!r} {units().get_base_units(unit_of(unit))[1]:~}")


def _as_data(value):
    """A value of Python as it stands in a case file, but for the units of bare numbers. Raises TypeError."""
    return json.loads(json.dumps(plain(value), default=_contents))


def _contents(value):
    if isinstance(value, Checked):
        return value.as_file()
    raise TypeError(f"a case holds text, numbers, pint quantities, lists and dicts of these, not {value!r}")


def _with_units(given, checked):
    """What was given, in the words of a case file; checked: the same as the checked case says it, every number with its unit."""
    match given, checked:
        case dict(), dict() if given.keys() <= checked.keys():
            return {key: _with_units(value, checked[key]) for key, value in given.items()}
        case list(), list() if len(given) == len(checked):
            return [_with_units(*pair) for pair in zip(given, checked, strict=True)]
        case dict(), dict() | list() if (
            given.keys() <= _IN_WORDS
        ):  # so that a later change or a sweep finds the same keys
            return {
                key: _with_units(value, []) if isinstance(value, dict) else _unkept(key, value) or value
                for key, value in given.items()
            }
        case (dict() | list(), dict() | list()) | (int() | float(), str()):
            return checked
    return given


_IN_WORDS = {
    "magnitude",
    "direction",
    "polar",
    "azimuth",
}  # of a direction or a magnetic field, which a checked case keeps as a vector


def _unkept(path, value):
    """A bare number with its unit, of a direction or a magnetic field given in words that a checked case does not keep; else None."""
    unit = {"magnitude": "T", "polar": "rad", "azimuth": "rad"}.get(str(split_path(path)[-1]))
    return f"{value!r} {unit}" if unit and isinstance(value, int | float) else None


def _at(data, path):
    """The entry of a case file at a path; None if it is not there in these words."""
    for step in split_path(path):
        try:
            data = data[step if isinstance(data, list) else str(step)]
        except (KeyError, IndexError, TypeError):
            return None
    return data
