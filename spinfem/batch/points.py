"""The points of a sweep, each a case of its own, checked before the first one runs."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.reader import as_it_ran, load_case
from spinfem.case.sweep import override
from spinfem.geometry.build import outline_of


@dataclass(frozen=True)
class Point:
    """One point: its number, counted from 1, and path -> value as it would stand in the case file."""

    number: int
    values: dict
    case_file: Path
    overrides: tuple  # of the whole sweep

    @property
    def settings(self):
        """Everything that is set, as --set takes it."""
        return (*self.overrides, *(override(path, value) for path, value in self.values.items()))

    @cached_property
    def text(self):
        """The case file of this point. It tells whether an earlier result belongs to this very point."""
        return as_it_ran(self.case_file, self.settings, without=("sweep", "plots"))

    def load(self):
        """The Case. Raises CaseError."""
        return load_case(self.case_file, (*self.settings, "sweep={}", "plots=[]"))


def points_of(case_file, overrides=()):
    """All Points of the sweep in a case file."""
    sweep = load_case(case_file, overrides).sweep
    return [Point(k, values, Path(case_file), tuple(overrides)) for k, values in enumerate(sweep.points, start=1)]


def check_points(points):
    """Raises CaseError with the faults of the points. Each value of an axis is looked at once, beside the first of the others."""
    first, seen, outlines, faults = points[0].values, set(), [], {}
    for point in points:
        news = {(path, str(value)) for path, value in point.values.items()} - seen
        if not news or sum(value != first[path] for path, value in point.values.items()) > len(news):
            continue
        seen |= news
        try:
            case = point.load()
            found = cross_check(case, _outline(case, outlines))
        except CaseError as error:
            found = error.faults
        faults |= {(fault.key, str(fault.value), fault.message): fault for fault in found}
    if faults:
        raise CaseError(faults.values())


def families(points, trait):
    """{number: what a point shares with all those of the same `trait(case)`}: the values of the axes that change it."""
    first = points[0]
    axes = [path for path in first.values if _changes(path, points, trait)]
    return {point.number: tuple(str(point.values[path]) for path in axes) for point in points}


def _changes(path, points, trait):
    """Does an axis change a trait? Looked at in two places: the order of the work hangs on the answer, never its result."""
    first = points[0]
    others = [point.values[path] for point in points if point.values[path] != first.values[path]]
    try:
        before = trait(first.load())
        return any(
            trait(replace(first, values=first.values | {path: value}).load()) != before
            for value in (others[:1] + others[-1:])
        )
    except CaseError:  # values that go together, one without the other
        return True


def _outline(case, outlines):
    """The Outline of a case's drawing; outlines: [(geometry, Outline)] of those seen."""
    for geometry, outline in outlines:
        if geometry == case.geometry:
            return outline
    outlines.append((case.geometry, outline_of(case)))
    return outlines[-1][1]
