"""The text of a YAML file, with the line that each entry stands in."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML, MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.error import YAMLError

from spinfem.case.faults import CaseError, Fault, dotted


@dataclass(frozen=True)
class Entries:
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


def text_of(path, what="case file") -> str:
    """What stands in a file. Raises CaseError."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise CaseError([Fault(what, str(path), f"cannot be read: {reason}")]) from None


@lru_cache(maxsize=8)  # the points of a sweep all begin with one text
def entries_of(text, what="case file", is_a="a case file is a mapping") -> Entries:
    """The Entries of the text of a file. Raises CaseError; what, is_a: what it calls the file, and says of one that is no mapping."""
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        places: dict = {}
        twice: list = []
        _locate(node, (), places, twice)
        if twice:
            raise CaseError(twice)
        data = yaml.constructor.construct_document(node) if node else None
    except YAMLError as error:
        raise CaseError([_syntax(error, what)]) from None
    if not isinstance(data, dict):
        raise CaseError([Fault("", data, is_a)])
    return Entries(data, places)


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


def _syntax(error, what):
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Fault(what, None, f"is not YAML: {problem}", f"line {mark.line + 1}" if mark else "")
