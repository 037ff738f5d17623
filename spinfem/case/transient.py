"""A run in time: how long, what drives it, where it starts from."""

from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, ValidationInfo, WithJsonSchema, field_validator, model_validator

from spinfem.case.files import folder_of
from spinfem.case.magnetization.precessing import turning
from spinfem.case.names import TerminalName
from spinfem.case.quantity import FACTOR, Dimensionless, Time
from spinfem.case.signal import AnySignal
from spinfem.case.validation import Checked, said
from spinfem.formatting import humanize

_WORDS = ("steady", "zero")
_MOST = 10_000  # times at which a drive is not smooth

_Start = Annotated[
    Any,
    PlainSerializer(lambda given: given if isinstance(given, dict | str) else str(given)),
    WithJsonSchema(
        {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": ["number", "string"]}}]}
    ),
]


class Transient(Checked):
    """The device in time. Spins take their time, c dv/dt + div J = - c v/tau; charge follows at once (docs/time.md)."""

    until: Time = Field(gt=0)
    """The end; it begins at 0."""
    drive: dict[TerminalName, AnySignal] = {}
    """Terminal -> how what it gives changes in time, as a factor of what its entry says: step, pulse, sine or table. A terminal that is not named
    gives that all the time."""
    initial: Literal["steady", "zero"] | dict[TerminalName, Dimensionless] | _Start = "steady"
    """`steady`: the state that the drives before time 0 have held for ever; `zero`: no spins; `{TERMINAL: FACTOR}`: the steady state of such drives, of
    those not named as they are before time 0; or the folder of an earlier run in time on this mesh and as many ranks, whose last state it is."""
    snapshots: int = Field(10, ge=1, le=10_000)
    """How many equal intervals have a state for ParaView at their ends. The integration begins anew there, and a killed run at the last of them."""
    at: tuple[Time, ...] = ()
    """Further times with such a state."""
    tolerance: Dimensionless = Field(1e-4, ge=1e-9, le=1e-2)
    """Of the error of each step, relative to the spin potential."""

    @field_validator("initial", mode="before")
    @classmethod
    def _state_or_folder(cls, given, info: ValidationInfo):
        if isinstance(given, dict):
            return {name: _factor(name, value) for name, value in given.items()}
        if given in _WORDS:
            return given
        if not isinstance(given, str | Path):
            raise ValueError("must be steady, zero, a mapping `TERMINAL: FACTOR`, or the folder of an earlier run")
        folder = folder_of(info) / given
        if not (folder / "state").is_dir():
            raise ValueError("must be steady, zero, or the folder of an earlier run in time; there is no such folder")
        return folder

    @model_validator(mode="after")
    def _in_between(self):
        if wrong := [(i, time) for i, time in enumerate(self.at) if not 0 <= time <= self.until]:
            message = f"must be between 0 and the end, {humanize(self.until, 's')}"
            raise said([(("at", i), time, message) for i, time in wrong], "time")
        return self

    @model_validator(mode="after")
    def _not_too_often(self):
        for name, signal in self.drive.items():
            if sum(1 for _ in islice(signal.breaks(self.until), _MOST + 1)) > _MOST:
                message = f"changes abruptly more than {_MOST:,} times before the end, {humanize(self.until, 's')}"
                raise said([(("drive", name), signal.kind, message)], "time")
        return self

    @property
    def snapshot_times(self) -> list[float]:
        """s, increasing."""
        return sorted({*(self.until * k / self.snapshots for k in range(self.snapshots + 1)), *self.at})

    @property
    def pieces(self) -> list[float]:
        """Times at which the integration begins anew, from 0 to `until`: those of snapshots, and where a drive is not smooth."""
        breaks = {time for signal in self.drive.values() for time in signal.breaks(self.until)}
        times = sorted({0.0, self.until, *self.snapshot_times, *breaks})
        least = 1e-9 * self.until  # what is nearer is rounding
        return [
            t
            for t, after in zip(times, [*times[1:], None], strict=True)
            if t <= self.until and (after is None or after - t > least)
        ]

    def factors(self, time=None) -> dict[str, float]:
        """Terminal -> factor of what it gives at a time; None: before time 0."""
        return {name: signal.before if time is None else signal.value(time) for name, signal in self.drive.items()}


def faults(case):
    """(path, value, message) for what cannot be of `time` in a Case."""
    given = case.time
    if given is None:
        return
    for key in ("drive", "initial"):
        named = getattr(given, key)
        for name in named if isinstance(named, dict) else ():
            terminal = case.terminals.get(name)
            if (
                terminal is not None
                and not any(map(_some, terminal.driven.values()))
                and turning(terminal.spin.magnet) is None
            ):
                message = (
                    "gives nothing that could change: a factor multiplies the current, voltage or spins of its entry"
                )
                yield ("time", key, name), next(iter(terminal.driven.values()), None), message
    if not given.drive and given.initial == "steady":
        yield (
            ("time", "drive"),
            None,
            "is missing: a run in time needs something that changes, e.g. `injector_end: step`, or another `initial` state",
        )
    yield from unknown_capacity(case, "time")


def unknown_capacity(case, key):
    """(path, None, message) for each region in which it is not known how fast spins move; key: of the case that asks for it."""
    for name, region in case.regions.items():
        if region.insulating:
            continue  # told by `insulators`
        try:
            _ = region.material.capacity
        except ValueError as error:
            yield (
                ("regions", name, "material", "spin_lifetime"),
                None,
                f"{error}: `{key}` needs to know how fast spins move",
            )


def _factor(name, value):
    try:
        return FACTOR.parse(value)
    except ValueError as error:
        raise said([((name,), value, str(error))], "initial") from None


def _some(amount):
    return any(amount) if isinstance(amount, tuple) else bool(amount)
