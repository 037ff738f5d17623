"""From the text of a case file to a Case, or to all the faults in it."""

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML, MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.error import YAMLError

from spinfem.case.faults import CaseError, Fault, dotted, place_of
from spinfem.case.overrides import apply, split_path
from spinfem.case.schema import Case
from spinfem.case.validation import lacking_unit, wording


def load_case(path, overrides=()):
    """The checked Case of a file, with overrides "PATH=VALUE" applied. Raises CaseError with every fault there is."""
    return read_case(text_of(path), Path(path).parent, overrides)


def text_of(path):
    """What stands in a case file. Raises CaseError."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise CaseError([Fault("case file", str(path), f"cannot be read: {reason}")]) from None


def as_it_ran(path, overrides=(), without=()):
    """The text of a case file with its overrides in it, comments kept, that gives the same results from any folder.

    without: keys of the file that are left out.
    """
    return text_as_it_ran(Path(path).read_text(encoding="utf-8"), Path(path).parent, overrides, without)


def text_as_it_ran(text, folder, overrides=(), without=()):
    """As `as_it_ran`, for the text of a case whose files lie in `folder`."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 120
    data = yaml.load(text)
    if faults := [fault for override in overrides or () for fault in apply(override, data, {})]:
        raise CaseError(faults)
    for key in set(without) & data.keys():
        del data[key]
    for place, key in _files(data):
        if isinstance(place[key], str) and (file := Path(folder) / place[key]).is_file():
            place[key] = str(file.resolve())
    written = StringIO()
    yaml.dump(data, written)
    return written.getvalue()


_NAMES_A_FILE = ("script", "mesh", "cad", "file")


def _files(data):
    """Where a case may name files, the values of a sweep included: (mapping or list, key)."""
    if isinstance(data, dict):
        yield from ((data, key) for key in _NAMES_A_FILE if key in data)
        for key, below in data.items():
            if isinstance(below, list) and split_path(str(key))[-1:] in [[name] for name in _NAMES_A_FILE]:
                yield from ((below, i) for i in range(len(below)))
            yield from _files(below)
    elif isinstance(data, list):
        for below in data:
            yield from _files(below)


def read_case(text, folder=".", overrides=()):
    """The checked Case of a text; files that it names are looked for in `folder`. Raises CaseError."""
    source = _overridden(text, overrides)
    try:
        case = Case.model_validate(source.data, context={"folder": folder})
    except ValidationError as error:
        raise CaseError(_faults(error, source)) from None
    case._places.update(source.places)
    return case


def bare_numbers(text, folder=".", overrides=()):
    """(path, number, SI unit) of every bare number of a text that stands where a quantity must be. Raises CaseError."""
    source = _overridden(text, overrides)
    try:
        Case.model_validate(source.data, context={"folder": folder})
    except ValidationError as error:
        found = [(_path(e), lacking_unit(e)) for e in error.errors(include_url=False)]
        return [(path, source.value(path), unit) for path, unit in found if unit]
    return []


def _overridden(text, overrides):
    source = deepcopy(_parse(text))
    faults = [fault for override in overrides for fault in apply(override, source.data, source.places)]
    if faults:
        raise CaseError(faults)
    return source


@dataclass(frozen=True)
class _Source:
    """What a text says, and where it says it."""

    data: dict
    places: dict[tuple, str]  # path -> "line 12" or "--set"

    def value(self, path):
        """The entry at `path` as it was given."""
        value = self.data
        for step in path:
            try:
                value = None if isinstance(value, str) else value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def _faults(error, source):
    faults = []
    for e in error.errors(include_url=False):
        path = _path(e)
        # An error tells the value at the stage where it was found; the file's own words say more to its author.
        given = source.value(path)
        if given is None and not isinstance(e["input"], dict):  # a mapping: the one in which a key is missing
            given = e["input"]
        faults.append(Fault(dotted(path), given, wording(e, Case), place_of(path, source.places)))
    return faults


def _path(error):
    return tuple(step for step in error["loc"] if step != "[key]")


@lru_cache(maxsize=4)  # the points of a sweep all begin with one text
def _parse(text):
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        places: dict = {}
        twice: list = []
        _locate(node, (), places, twice)
        if twice:
            raise CaseError(twice)
        data = yaml.load(text)
    except YAMLError as error:
        raise CaseError([_syntax(error)]) from None
    if not isinstance(data, dict):
        raise CaseError([Fault("", data, "a case file is a mapping with the keys " + ", ".join(Case.model_fields))])
    return _Source(data, places)


def _locate(node, path, places, twice, above=()):
    """Notes the line of every entry, and keys that stand twice in one mapping."""
    if node in above:
        raise CaseError([Fault(dotted(path), None, "refers to itself", f"line {node.start_mark.line + 1}")])
    above = (*above, node)
    if isinstance(node, MappingNode):
        for key, value in node.value:
            step, line = (*path, str(key.value)), f"line {key.start_mark.line + 1}"
            if step in places:
                given = value.value if isinstance(value, ScalarNode) else None
                twice.append(Fault(dotted(step), given, f"stands twice; first in {places[step]}", line))
            places.setdefault(step, line)
            _locate(value, step, places, twice, above)
    elif isinstance(node, SequenceNode):
        for i, value in enumerate(node.value):
            places[*path, i] = f"line {value.start_mark.line + 1}"
            _locate(value, (*path, i), places, twice, above)


def _syntax(error):
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Fault("case file", None, f"is not YAML: {problem}", f"line {mark.line + 1}" if mark else "")
