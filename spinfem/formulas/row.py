"""What formulas of layers have in common: so many in a row, of one cross-section; spin sinks at both ends; the angle between two magnets."""

import numpy as np

from spinfem.formulas.formula import DoesNotFit, no_field

_IN_WORDS = {2: "two", 3: "three"}


def row_of(case, count):
    """The layers of a case, if they are `count` different ones of one cross-section, in no magnetic field. Raises DoesNotFit."""
    no_field(case)
    layers = case.geometry.stack
    if len(layers) != count or len({layer.name for layer in layers}) != count:
        raise DoesNotFit(f"it is for {_IN_WORDS[count]} layers")
    if (
        any(layer.width or layer.depth or layer.cross_section for layer in layers)
        or case.geometry.cross_section != "box"
    ):
        raise DoesNotFit("its layers have one cross-section")
    return layers


def between_sinks(case) -> None:
    """Raises DoesNotFit where spins do not end at both ends."""
    for name, terminal in case.terminals.items():
        if terminal.spin.kind != "sink":
            raise DoesNotFit(f"it has spin sinks at both ends, {name} is none")


def angle_between(case, one, other) -> float:
    """That of the magnetizations of two regions, rad."""
    m, n = (np.array(case.regions[name].magnetization.direction) for name in (one, other))
    return float(np.arctan2(np.linalg.norm(np.cross(m, n)), m @ n))
