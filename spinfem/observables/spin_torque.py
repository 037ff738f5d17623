"""The torque that spin currents exert on a magnet."""

import numpy as np

from spinfem.case.magnetization import Magnetization
from spinfem.case.names import MagnetName, TerminalName
from spinfem.case.plugins import Observable
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.observables.drive import no_current
from spinfem.observables.magnets import direction_of
from spinfem.study.ratio import ratio
from spinfem.study.results import Measurement


class SpinTorque(Observable, kind="spin_torque"):
    """Torque on a ferromagnet, N m: hbar/(2e) times the spin current across m that it absorbs (e < 0, docs/physics.md).

    With a `reference` magnet of magnetization r, or the direction r of spins that come from elsewhere (`spins_along`, spin-orbit torque),
    it is split into `in_plane`, along r_perp = m x (r x m) (damping-like), and `out_of_plane`, along m x r (field-like), both for unit
    vectors. With `drive`, `efficiency` is the absorbed spin current in
    units of I r_perp: the factor g of Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996), with the sign of the current that enters there.
    """

    magnet: MagnetName
    reference: MagnetName | None = None
    spins_along: Magnetization | None = None
    """Instead of a reference: a direction, e.g. the spins that a film with a spin Hall angle sends up."""
    drive: TerminalName | None = None

    def faults(self, case, outline):
        for key, name in (("magnet", self.magnet), ("reference", self.reference)):
            m = case.magnets[name] if name else None
            if m and (self.reference or self.spins_along) and not m.uniform:
                yield key, name, "needs a uniform magnetization: directions are counted relative to it"
        if self.spins_along is not None and self.reference is not None:
            yield "spins_along", str(self.spins_along), "stands instead of a `reference` magnet; give one of the two"
        elif self.spins_along is not None and not self.spins_along.uniform:
            yield "spins_along", str(self.spins_along), 'must be one direction, e.g. "+z"'
        if self.drive is not None and self.reference is None and self.spins_along is None:
            yield "drive", self.drive, "is for the efficiency, which needs a `reference` magnet or `spins_along`"
        elif self.drive is not None and (why := no_current(case, self.drive)):
            yield "drive", self.drive, why

    def measure(self, simulation):
        solution = simulation.solution()
        absorbed = solution.absorbed(self.magnet)
        factor = ANGULAR_MOMENTUM
        yield Measurement(
            self.name, tuple((factor * absorbed).tolist()), "N m", note=f"on {self.magnet}; x, y, z of spin"
        )
        magnets = simulation.case.magnets
        other = self.spins_along if self.reference is None else magnets[self.reference]
        if other is None:
            return
        m, r = direction_of(magnets[self.magnet]), direction_of(other)
        across, normal = r - (m @ r) * m, np.cross(m, r)
        sine = np.linalg.norm(normal)
        if sine < 1e-9:
            return  # collinear magnets have no plane, and no torque
        for name, along in (("in_plane", across), ("out_of_plane", normal)):
            note = f"relative to {self.reference or f'spins along {other}'}"
            yield Measurement(f"{self.name}.{name}", factor * (absorbed @ along) / sine, "N m", note=note)
        if self.drive is not None:
            current, noise = solution.readings[self.drive].current, solution.noise * solution.largest_current
            efficiency = ratio(absorbed @ across / sine**2, current, noise, self.drive, "the current", "A")
            yield Measurement(f"{self.name}.efficiency", efficiency, "", note=f"of the current into {self.drive}")
