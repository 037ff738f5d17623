"""From the text of a case file to a Case, or to all the faults in it."""

from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML, MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.error import YAMLError

from spinfem.case.faults import CaseError, Fault, dotted, place_of
from spinfem.case.overrides import apply
from spinfem.case.schema import Case
from spinfem.case.validation import faults_of


def load_case(path, overrides=()) -> Case:
    """The checked Case of a file, with overrides "PATH=VALUE" applied. Raises CaseError with every fault there is."""
    return read_case(text_of(path), Path(path).parent, overrides)


def text_of(path) -> str:
    """What stands in a case file. Raises CaseError."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise CaseError([Fault("case file", str(path), f"cannot be read: {reason}")]) from None


def read_case(text, folder=".", overrides=(), model=Case, **context) -> Case:
    """The checked Case of a text; files that it names are looked for in `folder`. Raises CaseError.

    model: Case or a subclass; context: what its validators are told besides.
    """
    entries = deepcopy(_parse(text))
    if faults := [fault for override in overrides for fault in apply(override, entries.data, entries.places)]:
        raise CaseError(faults)
    told = {"file": True, "folder": folder, "places": entries.places}
    try:
        return model.model_validate(entries.data, context=told | context)
    except ValidationError as error:
        faults = list(faults_of(error, Case, entries.value, lambda path: place_of(path, entries.places)))
        # What a file that does not work would have defined is not known: nothing else can be said yet.
        raise CaseError([fault for fault in faults if fault.key.startswith("plugins")] or faults) from None


@dataclass(frozen=True)
class _Entries:
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
    return _Entries(data, places)


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
