"""What can hold at a terminal: a condition for charge, one for spin, and one for each scalar field that there is, each a file in `spinfem/model/terminals/`.

A condition is found by its keys: those of a charge condition stand beside `spin` in the terminal, those of a spin condition below `spin`, those for a scalar
field below a key of its own (`SCALARS`); such a condition without keys is a word. With u = (phi, v) the unknowns and (psi, w) test functions.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar

import numpy as np
from pydantic import model_serializer

from spinfem.case.kinds import checked
from spinfem.case.registry import Plugin, Registry
from spinfem.case.validation import said, unknown_key

_PLACE = "spinfem.model.terminals"


class Condition(Plugin):
    """What both kinds of conditions have."""

    drives: ClassVar[dict[str, str]] = {}
    """Fields that say how much is given -> the part of a Drive that they are: voltages, currents, spin_potentials, spin_currents, scalars.FIELD."""
    integrand: ClassVar[Callable | None] = None
    """`integrand(u, w, end)`: where a lead takes j.n or J.n in proportion to u, that as a form on the terminal's facets; its numbers enter
    by `end.number` (`spinfem.model.facet.End`). What the drive gives as a voltage then stands at the lead's far end."""

    linear: ClassVar[bool] = True
    """As of an `Interface`."""

    @property
    def driven(self) -> dict:
        """Part of a Drive -> what this condition gives of it, SI."""
        return {part: getattr(self, field) for field, part in self.drives.items()}

    @property
    def of_operator(self):
        """What the operator depends on: all but how much is given."""
        return self.model_copy(update=dict.fromkeys(self.drives))

    @property
    def turns_spins(self) -> bool:
        """Does its form turn spins about an axis? It is then not symmetric."""
        return False

    def faults(self, regions) -> Iterator:
        """(path below this condition, value, message) for what cannot be where the terminal is on these Regions (name -> Region)."""
        return iter(())


class ChargeCondition(Condition):
    """What holds for charge at a terminal, which is an equipotential, as a rule."""

    kinds: ClassVar = Registry(_PLACE)
    equipotential: ClassVar[bool] = True
    """Is all of the terminal at one potential? Else no charge crosses it."""
    holds: ClassVar[bool] = False
    """Is the potential given? Else it is an unknown, the same for all of the terminal."""
    grounds: ClassVar[bool] = False
    """Does it determine the potential, or only a current?"""
    shows: ClassVar[tuple[str, ...]] = ("potential",)
    """What there is to measure: potential, current."""
    default_spin: ClassVar[str] = "sink"
    """The spin condition where the case names none."""

    def current_of(self, voltage) -> float:
        """A that enter a terminal at 0 V, for a drive of `voltage`, where the potential is not given."""
        raise TypeError(f"a terminal of kind {self.kind} has a given current, no voltage")


class SpinCondition(Condition):
    """What happens to spins at a terminal."""

    kinds: ClassVar = Registry(_PLACE)
    passes: ClassVar[bool] = True
    """Can spins pass?"""
    holds: ClassVar[bool] = True
    """Is the spin potential of the terminal's nodes decided by `constrain`? All spins that arrive there are then the terminal's, those across the
    magnetization of a magnet too."""

    @property
    def magnet(self):
        """The Magnetization of the magnet that it is the contact of, one that is not drawn; None where there is none."""
        return None

    def with_magnet(self, magnetization):
        """The same with another magnetization."""
        return self.filled(magnetization=magnetization)

    @property
    def of_operator(self):
        return self  # the direction of what is given decides which components there are

    @model_serializer(mode="wrap")
    def _as_in_the_case_file(self, handler):
        return handler(self) or self.kind

    def constrain(self, nodes) -> None:
        """Say what holds at the terminal's nodes (`spinfem.model.constraints.SpinNodes`): nothing, if the spin potential is free there."""

    def directions(self) -> list[np.ndarray]:
        """Directions of spin, unit vectors, that it brings in: those of what it gives."""
        return [np.array(given) / np.linalg.norm(given) for given in self.driven.values() if any(given)]


class ScalarCondition(Condition):
    """What holds for a scalar field at a terminal. Each field has a base class of its own with its conditions, `SCALARS`."""

    key: ClassVar[str]
    """Of the terminal, below which it stands."""
    field: ClassVar[str]
    """The name of the field."""
    holds: ClassVar[bool] = False
    """Is the field given? `drives` then says by how much it differs from its reference."""
    uniform: ClassVar[bool] = False
    """Is it an unknown that is the same for all of the terminal? `drives` then says what flows in, or what `flow_of` makes a flow of."""
    anchors: ClassVar[bool] = False
    """Does it determine the field, or only a flow?"""

    @model_serializer(mode="wrap")
    def _as_in_the_case_file(self, handler):
        return handler(self) or self.kind

    @classmethod
    def default(cls, charge) -> "ScalarCondition":
        """That of a terminal which says nothing of the field, with this ChargeCondition."""
        raise NotImplementedError

    def flow_of(self, amount) -> float:
        """What flows into a terminal where the field is at its reference, for a drive of `amount`, in the field's units."""
        return amount


class HeatCondition(ScalarCondition):
    """What holds for the temperature at a terminal."""

    kinds: ClassVar = Registry(_PLACE)
    key = "heat"
    field = "T"

    @classmethod
    def default(cls, charge):
        """Wires that drive the device are baths; those of a voltmeter are thin."""
        return cls.kinds["insulated" if charge.default_spin == "reflecting" else "bath"]()


SCALARS: dict[str, type[ScalarCondition]] = {base.key: base for base in (HeatCondition,)}


def read_charge(given, info=None) -> ChargeCondition:
    """The ChargeCondition that the keys of a terminal, `spin` apart, describe. Raises ValueError. What is null or false is not given."""
    given = {key: value for key, value in given.items() if value is not None and value is not False}
    return _read(ChargeCondition, given, info, ("spin", *SCALARS))


def read_spin(given, info=None) -> Condition:
    """The SpinCondition that the value of `spin` describes. Raises ValueError."""
    return read_below(SpinCondition, given, info)


def read_below(base, given, info=None) -> Condition:
    """The condition of a base class that the value of its key describes, keys or a word. Raises ValueError."""
    if isinstance(given, base):
        return given
    if isinstance(given, dict):
        return _read(base, given, info)
    words = [kind for kind, model in base.kinds.items() if not model.model_fields]
    if given not in words:
        raise ValueError(f"must be {', '.join(words)}, or a mapping with exactly one of {_ways(base)}")
    return base.kinds[given]()


def kind_of(base, given):
    """The class of the conditions of a base class that takes these keys, or None. Raises ValueError where two do."""
    fits = [m for m in base.kinds.values() if m.model_fields and _required(m) <= set(given) <= m.model_fields.keys()]
    if len(fits) > 1:
        raise ValueError(
            f"the keys {', '.join(given)} fit several conditions: {', '.join(model.kind for model in fits)}; "
            "a condition of your own needs a key that no other one has"
        )
    return next(iter(fits), None)


def _read(base, given, info, others=()):
    known = list(dict.fromkeys(field for model in base.kinds.values() for field in model.model_fields))
    if unknown := [key for key in given if key not in known]:
        raise said([((key,), given[key], unknown_key(key, [*known, *others])) for key in unknown], base.__name__)
    model = kind_of(base, given)
    if model is None:
        has = " and ".join(given) or "none of them"
        raise ValueError(f"needs exactly one of {_ways(base)}; it has {has}")
    return checked(model, given, (), info)


def _ways(base):
    return ", ".join(" with ".join(model.model_fields) for model in base.kinds.values() if model.model_fields)


def _required(model):
    return {name for name, field in model.model_fields.items() if field.is_required()}
