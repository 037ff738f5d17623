"""The points of a sweep as a series in time for ParaView: fields.pvd, and torque.pvd, interfaces.pvd ... where all points have them.

Time is the swept value, in the unit of the case file: of the first axis whose values are numbers that differ from point to point. Where
there is none (a product of several axes, a list of materials) it is the number of the point.
"""

from spinfem.case.quantity import converted, split
from spinfem.output.folders import RESULTS
from spinfem.output.series import write_series

_FILES = ("fields.pvtu", "torque.pvtu", "torque_volume.pvtu", "interfaces.vtm", "terminals.vtm")


def write_all_series(records, points):
    """Write the series of the points that are done into the folder of the Records; returns the paths, none where no fields were written."""
    done = [point for point in points if (records.place(point) / RESULTS).is_file()]
    times, parameter, unit = _times(done)
    paths = []
    for name in _FILES:
        files = [records.place(point) / name for point in done]
        if files and all(file.is_file() for file in files):
            path = (records.folder / name).with_suffix(".pvd")
            paths.append(write_series(path, zip(times, files, strict=True), parameter, unit))
    return paths


def _times(points):
    """(time of each point, what time stands for, its unit)."""
    for path in points[0].values if points else ():
        found = [_number(point.values[path]) for point in points]
        unit = found[0] and found[0][1]
        if not all(_comparable(pair, unit) for pair in found):
            continue
        times = [float(number) if of is None else converted(number, of, unit) for number, of in found]
        if len(set(times)) == len(points):
            return times, path.split(".")[-1].replace("_", " "), f"{unit:~P}" if unit is not None else ""
    return [point.number for point in points], "point", ""


def _number(value):
    """(number, unit or None) of a value of the case file; None of what is neither number nor quantity."""
    try:
        return split(str(value))
    except ValueError:
        return None


def _comparable(pair, unit):
    if pair is None:
        return False
    return pair[1] is None if unit is None else pair[1] is not None and pair[1].is_compatible_with(unit)
