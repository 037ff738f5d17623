"""A strip of two films: over what length spins decay along it."""

import numpy as np

from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, no_field, observables_of
from spinfem.geometry.extent import extent
from spinfem.theory.bilayer import Bilayer, Layer


class Strip(Formula):
    """An endless ferromagnetic film on a normal one, in transparent contact, insulated outside: the slowest of its modes."""

    title = "decay along a strip of two films"
    source = "Ya. B. Bazaliy, R. R. Ramazashvili, Appl. Phys. Lett. 110, 092405 (2017)"

    @staticmethod
    def predictions(case, device):
        wanted = observables_of(case, "decay_length", "two_exponentials")
        no_field(case)
        if len(case.regions) != 2 or case.interfaces:
            raise DoesNotFit("it is for two regions in transparent contact")
        magnets = [name for name, region in case.regions.items() if region.magnetization is not None]
        if len(magnets) != 1:
            raise DoesNotFit("it is for a ferromagnet on a normal metal")
        (normal,) = case.regions.keys() - set(magnets)
        boxes = [extent(device, name) for name in (magnets[0], normal)]
        across = _across(*boxes)
        along = [observable for observable in wanted if _under(observable.line(device)[1], boxes[0], across)]
        if not along:
            raise DoesNotFit("no decay is fitted where both films are")
        magnet, metal = (_film(case, *named, across) for named in zip((magnets[0], normal), boxes, strict=True))
        strip = Bilayer(magnet, metal, case.regions[magnets[0]].material.polarization)
        slowest = float(1 / strip.decay_constants(1)[0])
        for observable in along:
            yield Prediction(observable.name if observable.kind == "decay_length" else f"{observable.name}.L2", slowest)


def _across(one, other):
    """The number of the axis along which one box, (lowest, highest), lies on another. Raises DoesNotFit."""
    size = np.linalg.norm(one[1] - one[0])
    steps = np.minimum(np.abs(one[0] - other[1]), np.abs(other[0] - one[1]))
    stacked = np.flatnonzero((steps < 1e-9 * size) & (one[1] > one[0]))  # the third axis of a plane has no extent
    if len(stacked) != 1:
        raise DoesNotFit("it is for one film that lies on the other")
    return stacked[0]


def _under(points, box, across):
    """Do all the points lie where the magnet's box is, seen across the films?"""
    inside = (points >= box[0] - 1e-12) & (points <= box[1] + 1e-12)
    return bool(np.delete(inside, across, axis=1).all())


def _film(case, name, box, across):
    material = case.regions[name].material
    return Layer(float(box[1][across] - box[0][across]), material.conductivity, material.spin_diffusion_length)
