"""The torque that spin currents exert on a magnet."""

import numpy as np

from spinfem.case.names import RegionName, TerminalName
from spinfem.case.plugins import Observable
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.study.findings import Measurement


class SpinTorque(Observable, kind="spin_torque"):
    """Torque on a ferromagnet, N m: hbar/(2e) times the spin current across m that it absorbs (e < 0, docs/physics.md).

    With a `reference` magnet of magnetization r it is split into `in_plane`, along r_perp = m x (r x m) (damping-like), and
    `out_of_plane`, along m x r (field-like), both for unit vectors. With `drive`, `efficiency` is the absorbed spin current in
    units of I r_perp: the factor g of Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996), with the sign of the current that enters there.
    """

    magnet: RegionName
    reference: RegionName | None = None
    drive: TerminalName | None = None

    def faults(self, case, outline):
        for key, name in (("magnet", self.magnet), ("reference", self.reference)):
            m = name and case.regions[name].magnetization
            if name and m is None:
                yield key, name, "is not a ferromagnet; give it a magnetization"
            elif name and self.reference and not m.uniform:
                yield key, name, "needs a uniform magnetization: directions are counted relative to it"
        if self.drive is not None and self.reference is None:
            yield "drive", self.drive, "is for the efficiency, which needs a `reference` magnet"

    def measure(self, laboratory):
        solution = laboratory.solution()
        absorbed = solution.absorbed(self.magnet)
        factor = ANGULAR_MOMENTUM
        yield Measurement(
            self.name, tuple(map(float, factor * absorbed)), "N m", note=f"on {self.magnet}; x, y, z of spin"
        )
        if self.reference is None:
            return
        regions = laboratory.case.regions
        m, r = (np.array(regions[name].magnetization.direction) for name in (self.magnet, self.reference))
        across, normal = r - (m @ r) * m, np.cross(m, r)
        sine = np.linalg.norm(normal)
        if sine < 1e-9:
            return  # collinear magnets have no plane, and no torque
        for name, along in (("in_plane", across), ("out_of_plane", normal)):
            note = f"relative to {self.reference}"
            yield Measurement(f"{self.name}.{name}", float(factor * absorbed @ along / sine), "N m", note=note)
        if self.drive is not None:
            current = solution.readings[self.drive].current
            efficiency = float(absorbed @ across / sine**2 / current)
            yield Measurement(f"{self.name}.efficiency", efficiency, "", note=f"of the current into {self.drive}")
