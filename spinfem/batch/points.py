"""The points of a sweep, each a case of its own, checked before the first one runs."""

from dataclasses import dataclass, replace
from functools import cached_property

from spinfem.case.faults import CaseError, Fault, dotted, shown
from spinfem.case.idle import idle_keys
from spinfem.case.overrides import split_path
from spinfem.case.source import CaseSource
from spinfem.geometry.outlines import Outlines

_NOT_OF_A_POINT = {"sweep": {}, "plots": []}
_FEW = 50  # points that are all looked at before the first one runs


@dataclass(frozen=True)
class Point:
    """One point: its number, counted from 1, and path -> value as it would stand in the case file."""

    number: int
    values: dict
    sweep: CaseSource  # of the whole sweep

    @cached_property
    def text(self):
        """The case file of this point. It tells whether an earlier result belongs to this very point."""
        return self.sweep.with_settings(self.values).as_it_ran(without=_NOT_OF_A_POINT)

    @property
    def source(self):
        """Its own CaseSource."""
        return self.sweep.with_settings(self.values | _NOT_OF_A_POINT)


def points_of(source):
    """All Points of the sweep in the case of a CaseSource."""
    return [Point(k, values, source) for k, values in enumerate(source.case().sweep.points, start=1)]


def check_points(points, sweep) -> None:
    """Raises CaseError with the faults of the points of a Sweep, said of the axes.

    Of a large sweep each value of an axis is looked at once, beside the first of the others; of a small one every point.
    """
    first, seen, outlines, faults = points[0].values, set(), Outlines(), {}
    for point in points:
        news = {(path, repr(value)) for path, value in point.values.items()} - seen
        apart = sum(value != first[path] for path, value in point.values.items())
        if len(points) > _FEW and (not news or apart > len(news)):
            continue
        seen |= news
        _, found = outlines.checked(point.source)
        told = [_of_axis(fault, point, sweep, {path for path, _ in news}) for fault in found]
        faults |= {(fault.key, str(fault.value), fault.message): fault for fault in told}
    if faults:
        raise CaseError(_once_each(faults.values()))


def idle_axes(points):
    """A sentence for each axis of good Points whose values have no effect, neither at the first nor at the last of them."""
    outlines, idle = Outlines(), []
    for point in (points[0], points[-1]) if points else ():
        case = point.source.case()
        faults = list(idle_keys(case, outlines.of(case).dimension))
        idle.append({path: f.message for path in point.values for f in faults if _within(path, f.key)})
    for path, message in idle[0].items() if idle else ():
        if path in idle[-1]:
            yield f"sweep.{path}: {message}"


def _of_axis(fault, point, sweep, news):
    """The Fault of a point, said of the axis that brought it, as far as that can be known."""
    inside = [path for path in point.values if _within(fault.key, path)]
    suspects = inside or [path for path in point.values if _within(path, fault.key)] or sorted(news)
    others = ", ".join(f"{path} = {shown(value)}" for path, value in point.values.items())
    if len(suspects) != 1:
        return replace(fault, message=f"{fault.message} (point {point.number}: {others})", where="sweep")
    (path,) = suspects
    place, values = sweep.axis(path)
    entry = next(k for k, value in enumerate(values, start=1) if value == point.values[path])
    message = fault.message
    if dotted(split_path(path)) != fault.key:
        message = f"{fault.key}: {shown(fault.value)}: {message}"
    return Fault(f"sweep.{'.'.join(place)}", point.values[path], message, f"entry {entry}")


def _within(key, path):
    """Is this key of a case that of `path` or of something below it?"""
    path, key = dotted(split_path(path)), dotted(split_path(key))
    return key == path or key.startswith(f"{path}.")


def _once_each(faults):
    """The same mistake at many points is told of the first."""
    told = {}
    for fault in faults:
        told.setdefault((fault.key, str(fault.value), fault.message.split(" (point ")[0]), fault)
    return told.values()


def families(points, trait):
    """{number: what a point shares with all those of the same `trait(case)`}: the values of the axes that change it."""
    first = points[0]
    axes = [path for path in first.values if _changes(path, points, trait)]
    return {point.number: tuple(str(point.values[path]) for path in axes) for point in points}


def firsts(points, trait):
    """{number: the first of all Points with the same `trait(case)`; None for one that is alone}."""
    family, members = families(points, trait), {}
    for point in points:
        members.setdefault(family[point.number], []).append(point)
    return {number: members[shared][0] if len(members[shared]) > 1 else None for number, shared in family.items()}


def _changes(path, points, trait):
    """Does an axis change a trait? Looked at in two places: the order of the work hangs on the answer, never its result."""
    first = points[0]
    others = [point.values[path] for point in points if point.values[path] != first.values[path]]
    try:
        before = trait(first.source.case())
        return any(
            trait(replace(first, values=first.values | {path: value}).source.case()) != before
            for value in (others[:1] + others[-1:])
        )
    except CaseError:  # values that go together, one without the other
        return True
