"""How a drive changes in time: a factor of what the terminal's entry gives. Each kind is a file in `spinfem/case/signals/`."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import model_serializer

from spinfem.case.faults import not_among
from spinfem.case.kinds import Registered, checked
from spinfem.case.registry import Plugin, Registry
from spinfem.case.validation import said


class Signal(Plugin):
    """A factor that depends on time. Times in s, from the beginning of the run on."""

    kinds: ClassVar = Registry("spinfem.case.signals")

    @model_serializer(mode="wrap")
    def _as_in_the_case_file(self, handler):
        return {self.kind: handler(self)}

    @property
    def before(self) -> float:
        """The factor at all times before 0."""
        return 0.0

    @abstractmethod
    def value(self, time) -> float:
        """The factor at a time that is none of the `breaks`."""
        raise NotImplementedError

    @abstractmethod
    def slope(self, time) -> float:
        """Its rate of change there, 1/s."""
        raise NotImplementedError

    def breaks(self, until) -> Iterator[float]:
        """Times before `until` at which it is not smooth: the integration begins anew there."""
        return iter(())


def read_signal(given, info=None) -> Signal:
    """The Signal that an entry of `time.drive` describes. Raises ValueError."""
    if isinstance(given, Signal):
        return given
    if isinstance(given, str):
        given = {given: {}}
    if not isinstance(given, dict) or len(given) != 1:
        raise ValueError("must be one kind of signal, bare or with keys, e.g. `step` or `pulse: {length: 1 ns}`")
    ((kind, fields),) = given.items()
    if kind not in Signal.kinds:
        raise said([((), kind, not_among(kind, Signal.kinds, "kind of signal"))], "signal")
    return checked(Signal.kinds[kind], {} if fields is None else fields, (kind,), info)


def _schema(base, handler):
    entries = []
    for kind, model in base.kinds.items():
        fields = handler(model.__pydantic_core_schema__)
        mapping = {"type": "object", "properties": {kind: fields}, "required": [kind], "additionalProperties": False}
        needs = any(field.is_required() for field in model.model_fields.values())
        entries += [mapping] if needs else [{"const": kind}, mapping]
    return {"oneOf": entries}


AnySignal = Annotated[Signal, Registered(read_signal, Signal, _schema)]
