"""What a closed formula has to say of a case, and the list of all of them."""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar


class DoesNotFit(ValueError):
    """The formula does not describe this device or this number; the message says why, as an end of "it does not fit: ..."."""


@dataclass(frozen=True)
class Prediction:
    """A number of an observable, by the name that it has there, in SI units."""

    name: str
    value: float


class Formula:
    """Base class. A subclass in a file of spinfem/formulas is known by being there; its docstring says what it holds for."""

    title: ClassVar[str]
    source: ClassVar[str]
    all: ClassVar[list] = []

    def __init_subclass__(cls):
        cls.all.append(cls)

    @staticmethod
    def predictions(case, device):
        """Yields a Prediction for each number that it gives. Raises DoesNotFit. Collective."""
        raise NotImplementedError


@dataclass(frozen=True)
class Answer:
    """What one Formula says of a case: its Predictions, or why there are none."""

    formula: type[Formula]
    predictions: tuple[Prediction, ...]
    why_not: str = ""


def answers(case, device) -> list[Answer]:
    """The Answer of every formula, in the order of their titles. Collective."""
    package = import_module(__package__)
    for module in iter_modules(package.__path__):
        import_module(f"{__package__}.{module.name}")
    return [_answer(formula, case, device) for formula in sorted(Formula.all, key=lambda formula: formula.title)]


def _answer(formula, case, device):
    try:
        _no_terms(case)
        return Answer(formula, tuple(formula.predictions(case, device)))
    except DoesNotFit as reason:
        return Answer(formula, (), str(reason))


def _no_terms(case):
    """Raises DoesNotFit where a region has further terms, or carriers that drift: they change what a formula takes for granted."""
    for name, region in case.regions.items():
        if region.material.mobility:
            raise DoesNotFit(f"carriers of {name} drift in the electric field")
        if region.terms:
            raise DoesNotFit(f"it knows nothing of {' and '.join(region.terms)} in {name}")


def observables_of(case, *kinds):
    """The observables of these kinds. Raises DoesNotFit where there are none."""
    found = [observable for observable in case.observables if observable.kind in kinds]
    if not found:
        raise DoesNotFit(f"the case asks for no {' or '.join(kinds)}")
    return found


def no_field(case) -> None:
    """Raises DoesNotFit where spins turn in a field."""
    if any(any(region.magnetic_field or ()) for region in case.regions.values()):
        raise DoesNotFit("spins turn in a magnetic field")
