"""Names of materials and what stands behind them: the library with its sources, and beside it the materials of the case that is read."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from spinfem.case.entries import entries_of, text_of
from spinfem.case.faults import not_among
from spinfem.case.quantity import kelvin
from spinfem.formatting import humanize

LIBRARY = Path(__file__).with_name("materials.yaml")
SAME_TEMPERATURE = 0.1  # relative: "Cu @ 4 K" finds what was measured at 4.2 K

_own: ContextVar[dict | None] = ContextVar("materials of the case", default=None)


@cache
def library():
    """The entries of the library as they stand in the file, name -> keys of a Material."""
    return named(entries_of(text_of(LIBRARY)).data)


def named(entries):
    """Name -> keys of a Material, with what its name says: "Cu @ 4.2 K" was measured there. Raises ValueError for what is no entry."""
    return {name: _named(name, keys) for name, keys in entries.items()}


def _named(name, keys):
    _, at, temperature = name.partition("@")
    told = {"name": name} | ({"temperature": temperature.strip()} if at else {})
    return keys | told


def known():
    """Library and materials of the case, name -> keys of a Material."""
    return library() | (_own.get() or {})


@contextmanager
def materials_of_a_case():
    """Inside, `know` adds to what is known."""
    token = _own.set({})
    try:
        yield
    finally:
        _own.reset(token)


def know(entries) -> None:
    """From now on, these entries (name -> keys of a Material) are known, inside `materials_of_a_case`."""
    _own.set((_own.get() or {}) | entries)


def find(name):
    """The entry for "Cu @ 4 K", or for "Al" where there is only one; that of a material with tables or formulas at any temperature, "my copper @ 77 K".
    Raises ValueError."""
    there = known()
    if name.strip() in there:
        return there[name.strip()]
    metal, at, temperature = (part.strip() for part in name.partition("@"))
    metals = list(dict.fromkeys(key.split(" @ ")[0] for key in there))
    if metal not in metals:
        raise ValueError(not_among(metal, metals, "material in the library"))
    if metal in there:  # without a temperature of its own
        return there[metal] | {"name": name, "temperature": kelvin.written(_parsed(temperature, metal))}
    entries = {kelvin.parse(e["temperature"]): e for key, e in there.items() if key.startswith(f"{metal} @ ")}
    there_are = f"the library has {metal} at " + " and ".join(humanize(t, "K") for t in sorted(entries))
    if not at:
        if len(entries) > 1:
            example = next(iter(entries.values()))["name"]
            raise ValueError(f'needs a temperature, e.g. "{example}"; {there_are}')
        return next(iter(entries.values()))
    wanted = _parsed(temperature, there_are)
    closest = min(entries, key=lambda t: abs(t - wanted))
    if abs(closest - wanted) > SAME_TEMPERATURE * closest:
        raise ValueError(f"was not measured at {humanize(wanted, 'K')}; {there_are}")
    return entries[closest]


def _parsed(temperature, there_are):
    try:
        return kelvin.parse(temperature)
    except ValueError as error:
        raise ValueError(f"the temperature {error}; {there_are}") from None
