"""Values from a file."""

import csv

import numpy as np
from pydantic import PrivateAttr, ValidationInfo, field_validator, model_validator

from spinfem.case.files import File, existing_file
from spinfem.case.quantity import converted, unit_of
from spinfem.case.signal import Signal
from spinfem.case.validation import said


class TableSignal(Signal, kind="table"):
    """Factors at times, from a CSV file beside the case with a line of headers: `time [ns]`, then the factor. Straight in between; before the first time
    its first value, after the last one its last."""

    file: File
    """The CSV file; a time that stands twice is a jump."""

    _times: np.ndarray = PrivateAttr()
    _values: np.ndarray = PrivateAttr()

    @field_validator("file", mode="before")
    @classmethod
    def _beside_the_case(cls, name, info: ValidationInfo):
        return existing_file(name, info)

    @model_validator(mode="after")
    def _read(self):
        try:
            self._times, self._values = _columns(self.file)
        except (ValueError, OSError) as error:
            raise said([(("file",), str(self.file), str(error))], "table") from None
        return self

    @property
    def before(self):
        return float(self._values[0])

    def value(self, time):
        return float(np.interp(time, self._times, self._values))

    def slope(self, time):
        k = int(np.searchsorted(self._times, time))
        if k in (0, len(self._times)):
            return 0.0
        return float((self._values[k] - self._values[k - 1]) / (self._times[k] - self._times[k - 1]))

    def breaks(self, until):
        yield from dict.fromkeys(self._times.tolist())


def _columns(path):
    """Times (s) and factors of a file. Raises ValueError."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    head = [cell.strip() for cell in rows[0]] if rows else []
    if len(head) != 2 or not head[0].startswith("time [") or not head[0].endswith("]"):
        raise ValueError('needs two columns and a line of headers, the first one "time [ns]" with a unit of time')
    unit = unit_of(head[0][6:-1])
    if not unit.is_compatible_with("s"):
        raise ValueError(f'counts time in "{head[0][6:-1]}", which is no unit of time; write e.g. "time [ns]"')
    try:
        times, values = np.array([[float(cell) for cell in row] for row in rows[1:]]).T
    except ValueError:
        raise ValueError("has a line that is not two numbers") from None
    if len(times) < 2 or (np.diff(times) < 0).any() or not np.isfinite([times, values]).all():
        raise ValueError("needs at least two lines of finite numbers, times increasing")
    if times[0] < 0:
        raise ValueError(f"begins at {times[0]:g}, before time 0, where the run begins")
    return times * converted(1, unit, "s"), values
