"""What a page is made of, before it is HTML. All texts are plain; the template escapes them."""

from dataclasses import dataclass, field

from spinfem.algebra.limits import FAIR, GOOD, POOR

UNKNOWN = "unknown"
_ORDER = (GOOD, UNKNOWN, FAIR, POOR)


@dataclass(frozen=True)
class Cell:
    """An entry of a table. value: the number behind it, in SI units; more: in small letters; link: to a file beside the page;
    shade: -1 to 1, how strongly it is coloured."""

    text: str
    value: object = None
    more: str = ""
    link: str = ""
    shade: float = 0.0
    hover: str = ""


@dataclass(frozen=True)
class Grid:
    """A table; entries are texts or Cells."""

    headers: tuple
    rows: list
    caption: str = ""
    file: str = ""  # where all of it is
    sortable: bool = False
    notes: tuple = ()
    name: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture inside the page: data is a `data:` address."""

    name: str
    caption: str
    data: str
    width: int
    height: int


@dataclass(frozen=True)
class Figure:
    """A plotly figure as JSON; picture: what stands in for it where there is no WebGL."""

    name: str
    caption: str
    json: str
    picture: Picture | None = None


@dataclass(frozen=True)
class Check:
    """What was looked at, what was found in words, and the verdict on it; size: how bad, to compare it with the same check elsewhere."""

    what: str
    words: str
    verdict: str
    size: float = 0.0


@dataclass(frozen=True)
class Fact:
    """One of the numbers at the top of a page."""

    name: str
    text: str
    error: str = ""
    note: str = ""
    value: object = None


@dataclass(frozen=True)
class Page:
    """Everything that the template shows; what is empty has no section."""

    title: str
    subtitle: str
    failure: str = ""
    alarm: str = "Failed."  # the word before it
    facts: list = field(default_factory=list)
    swept: Grid | None = None
    failed_points: Grid | None = None
    geometry: Picture | None = None
    results: list = field(default_factory=list)  # Grids
    figures: list = field(default_factory=list)
    table_of_points: Grid | None = None
    matrices: list = field(default_factory=list)
    pictures: list = field(default_factory=list)
    checks: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    device: list = field(default_factory=list)  # Grids: materials, interfaces
    terminals: Grid | None = None
    tables: list = field(default_factory=list)
    effort: list = field(default_factory=list)  # Grids: mesh, solver, time, versions
    case: str = ""
    files: list = field(default_factory=list)  # (name, what it is)

    @property
    def verdict(self):
        """The worst verdict of all checks, GOOD without any."""
        return max((check.verdict for check in self.checks), key=_ORDER.index, default=GOOD)
