"""What is given at the terminals of a device, and by magnets that move."""

from dataclasses import dataclass, field

import numpy as np

from spinfem.case.magnetization.precessing import turning


@dataclass(frozen=True)
class Drive:
    """What is given at the terminals: name -> V, A, (3,) V, (3,) A; and of magnets that pump. Terminals not named get zero of what their kind prescribes."""

    voltages: dict = field(default_factory=dict)
    currents: dict = field(default_factory=dict)
    spin_potentials: dict = field(default_factory=dict)
    spin_currents: dict = field(default_factory=dict)
    # field -> terminal -> by how much it differs from its reference, or what flows in, in its units
    scalars: dict = field(default_factory=dict)
    pumping: dict = field(default_factory=dict)  # magnet -> its angular velocity, (3,) rad/s

    @classmethod
    def of(cls, case, factors=None):
        """The drive that a case's terminals and moving magnets describe; factors: terminal -> what its part is multiplied by."""
        found = cls()
        for name, magnet in case.magnets.items():
            if (omega := turning(magnet)) is not None:
                found.pumping[name] = (factors or {}).get(name, 1.0) * omega
        for name, terminal in case.terminals.items():
            factor = (factors or {}).get(name, 1.0)
            for part, amount in terminal.driven.items():
                part, _, scalar = part.partition(".")
                given = getattr(found, part).setdefault(scalar, {}) if scalar else getattr(found, part)
                given[name] = factor * (np.asarray(amount) if isinstance(amount, tuple) else amount)
        return found

    def times(self, factor):
        """The drive with all that is given multiplied."""
        return Drive(*(_times(part, factor) for part in vars(self).values()))


def _times(part, factor):
    return {n: _times(given, factor) if isinstance(given, dict) else factor * given for n, given in part.items()}
