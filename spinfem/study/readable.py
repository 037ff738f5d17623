"""Numbers of observables off states that are not the steady ones which they were written for: at a time, at a frequency.

What cannot be read there says so, an `Unreadable`, and the run tells why.
"""

import re
import warnings
from dataclasses import dataclass

import numpy as np

from spinfem.case.faults import CaseError
from spinfem.case.plugins import Observable
from spinfem.study.results import Measurement, yielded


class Unreadable(AttributeError):
    """There is no such thing in this state; the message says what there is not."""


class View:
    """A Simulation of which there is one kind of states only; `where` says which, in words."""

    where = ""
    of_amplitudes = False  # are its numbers complex?

    def __init__(self, simulation):
        self.case, self.drive = simulation.case, simulation.drive
        self.device, self.comm = simulation.device, simulation.comm

    def __getattr__(self, name):
        raise Unreadable(f"it looks at `{name}`, which there is not {self.where}")


def observables_of(case) -> tuple[Observable, ...]:
    """Those of a Case, with what terminals show before them."""
    shown = [o for o in case.observables if o.kind == "terminals"]
    return (*(shown or [Observable.kinds["terminals"]()]), *(o for o in case.observables if o.kind != "terminals"))


def numbers(observable, view) -> dict[str, tuple]:
    """Name (`NAME.x` of a component) -> (number, unit); {} where it is undefined just here. Collective. Raises Unreadable."""
    found = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            measured = [item for item in yielded(observable, view) if isinstance(item, Measurement)]
    except (CaseError, ArithmeticError, np.linalg.LinAlgError):  # a ratio to nothing, a fit to nothing
        return {}
    except (TypeError, np.exceptions.ComplexWarning) as error:  # order, logarithms ... of complex numbers
        if not view.of_amplitudes:
            raise
        raise Unreadable(f"it is no number {view.where}: {error}") from None
    for m in measured:
        found |= {name: (value, m.unit) for name, value in m.parts.items()}
    if not found:
        raise Unreadable("it gives tables and pictures, but no numbers")
    return found


@dataclass(frozen=True)
class Group:
    """Numbers that belong into one picture: the observable that they are of, what they are in words, and their names."""

    kind: str
    stem: str  # of files
    words: str
    names: tuple


def grouped(case, units) -> list[Group]:
    """The numbers of a Case, name -> unit, by observable and unit, and those of terminals by quantity; lengths of vectors whose components are there
    are left out."""
    kinds, found = {observable.name: observable.kind for observable in observables_of(case)}, {}
    for name, unit in units.items():
        if name.endswith(".magnitude") and f"{name.removesuffix('.magnitude')}.z" in units:
            continue
        owner = max((o for o in kinds if name == o or name.startswith(f"{o}.")), key=len)
        quantity = re.sub(r"\.[xyz]$", "", name).split(".")[-1] if kinds[owner] == "terminals" else unit
        found.setdefault((owner, quantity), []).append(name)
    groups = []
    for (owner, quantity), names in found.items():
        of_terminals, alone = kinds[owner] == "terminals", sum(other == owner for other, _ in found) == 1
        stem = owner if alone and not of_terminals else f"{owner}_{quantity}"
        words = (quantity if of_terminals else owner).replace("_", " ")
        if of_terminals and len(names) == 1:
            words = f"{words} at {names[0].removeprefix(f'{owner}.').split('.')[0]}"
        groups.append(Group(kinds[owner], file_stem(stem), words, tuple(names)))
    return groups


def file_stem(name) -> str:
    """What a picture of a number can be called."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)
