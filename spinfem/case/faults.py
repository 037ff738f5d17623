"""What is wrong with a case file, said so that a person can mend it."""

import difflib
from dataclasses import dataclass

_MANY, _NEAR = 20, 5  # names that are all listed; of more than these so many


@dataclass(frozen=True)
class Fault:
    """One mistake: the key (dotted path), the value that was given there, and what is allowed instead."""

    key: str
    value: object
    message: str
    where: str = ""  # "line 12", "--set"

    def __str__(self):
        where = f" ({self.where})" if self.where else ""
        return f"{self.key or 'case'}{where}: {shown(self.value)}: {self.message}"


class CaseError(Exception):
    """A case that cannot be computed, with every mistake that was found."""

    def __init__(self, faults):
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self):
        return "\n".join(map(str, self.faults))


def dotted(path) -> str:
    """("regions", "wire", "material") -> "regions.wire.material"."""
    return ".".join(str(part) for part in path if part != "[key]")


def place_of(path, places):
    """Where the entry at `path` is, or what was set of it, or the innermost one that holds it; places: path -> "line 12"."""
    upwards = (places[path[:n]] for n in range(len(path), 0, -1) if path[:n] in places)
    below = (place for other, place in places.items() if path and path not in places and other[: len(path)] == path)
    return next(below, None) or next(upwards, "")


def shown(value):
    """A value on one line, as it would stand in a case file. Long ones are cut, but names of files are not."""
    if value is None:
        return "(nothing)"
    text = " ".join(_flow(value).split())
    longest = 300 if isinstance(value, str) else 60
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _flow(value):
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case None:
            return "null"
    return str(value)


def nearest(name, known):
    """The known name that looks most like `name`, or None; of several that do equally, the one that begins like it."""
    name, close = str(name), difflib.get_close_matches(str(name), list(known), n=5, cutoff=0.5)
    return max(close, key=lambda other: (_alike(name, other), other.startswith(name[: len(other)])), default=None)


def _alike(name, other):
    return difflib.SequenceMatcher(None, other, name).ratio()


def not_among(name, known, what) -> str:
    """Words for a name that does not exist: the nearest one that does, then all of them, or a few that are near where these are many."""
    known = list(known)
    guess = nearest(name, known)
    hint = f'; did you mean "{guess}"?' if guess else "."
    if len(known) > _MANY and (guess or any("." in other for other in known)):  # a list of paths is no help
        near = sorted(known, key=lambda other: _alike(str(name), other), reverse=True)[:_NEAR]
        return f"there is no such {what}{hint} Of {len(known)} there are: {', '.join(near)}, ..."
    return f"there is no such {what}{hint} There {'is' if len(known) < 2 else 'are'}: {', '.join(known) or 'none'}"
