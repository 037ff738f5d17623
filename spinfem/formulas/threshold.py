"""The current at which a magnet begins to move."""

import numpy as np

from spinfem.formulas.formula import DoesNotFit, Formula, Prediction
from spinfem.formulas.two_magnets import closed_form, efficiency, three_layers
from spinfem.geometry.extent import volume_of
from spinfem.study.macrospin.moments import moments_of
from spinfem.theory.macrospin import critical_current

_STRAIGHT = 1e-9


class SwitchingThreshold(Formula):
    """One magnet of F1/N/F2 between spin sinks, collinear with the other one and with its own axes and fields."""

    title = "threshold of a macrospin"
    source = "J. C. Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996), with the efficiency of two magnets at an angle"

    @staticmethod
    def predictions(case, device):
        dynamics = case.dynamics
        if dynamics is None or dynamics.threshold is None:
            raise DoesNotFit("the case asks for no dynamics.threshold")
        if len(dynamics.magnets) != 1:
            raise DoesNotFit("it is for one magnet that moves")
        first, _, second = names = three_layers(case)
        ((free, magnet),) = dynamics.magnets.items()
        m = moments_of(case, device).start[0]
        along = m @ np.array(case.regions[first if free == second else second].magnetization.direction)
        if abs(along) < 1 - _STRAIGHT:
            raise DoesNotFit("its magnets are collinear")
        other = case.regions[free].model_copy(
            update={"magnetization": magnet.start or case.regions[free].magnetization}
        )
        collinear = case.model_copy(update={"regions": case.regions | {free: other}})
        g = efficiency(closed_form(collinear, names), free == second, dynamics.drive.terminal)
        size = magnet.saturation_magnetization, volume_of(device, free)
        current = critical_current(g, magnet.damping, *size, _holding(moments_of(case, device), m))
        yield Prediction("dynamics.critical_current", float(np.sign(along) * current))


def _holding(moments, m):
    """The mean of the two fields that hold m back, T: B.m + B_k + the mean of the demagnetizing fields across m, less that along it. Raises DoesNotFit."""
    axis, field, demagnetizing = moments.axis[0], moments.field[0], moments.demagnetizing[0]
    own = m @ demagnetizing @ m
    crooked = [np.cross(field, m), demagnetizing @ m - own * m]
    if moments.anisotropy[0]:
        crooked.append(np.cross(axis, m) * moments.anisotropy[0])
    if max(np.linalg.norm(part) for part in crooked) > _STRAIGHT:
        raise DoesNotFit("its axes and fields are along the magnet")
    return field @ m + moments.anisotropy[0] + (np.trace(demagnetizing) - own) / 2 - own
