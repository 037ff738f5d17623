"""Two magnets that touch, in layers."""

import numpy as np

from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, observables_of
from spinfem.formulas.row import angle_between, between_sinks, row_of
from spinfem.theory.magnet_junction import absorbed

_SAME = 1e-9


class MagnetsInContact(Formula):
    """F|F between spin sinks: two equal, strong, uniform magnets, a transparent contact or a resistive one that is not polarized."""

    title = "two magnets in contact"
    source = "the contact condition (12) of the paper on magnetization currents (docs/physics.md, section 12)"

    @staticmethod
    def predictions(case, device):
        torques = [o for o in observables_of(case, "spin_torque") if o.reference and o.drive]
        names = _two_layers(case)
        material = case.regions[names[0]].material
        thickness = case.geometry.stack[0].thickness
        angle = angle_between(case, *names)
        attenuation = float(np.tanh(thickness / material.spin_diffusion_length))
        found = absorbed(angle, material.polarization, _xi(case, material), attenuation)
        for observable in torques:
            from_left = 1 if observable.drive == "left" else -1
            sign = from_left * (1 if observable.magnet == names[1] else -1)
            yield Prediction(f"{observable.name}.efficiency", sign * found / np.sin(angle))


def _xi(case, material):
    """G l/sigma of the contact."""
    for contact in case.interfaces.values():
        if contact.kind != "resistive" or np.any(contact.polarization) or contact.spin_memory_loss:
            raise DoesNotFit("its contact is transparent, or resistive without polarization and loss")
        length = material.spin_diffusion_length / np.sqrt(1 - material.polarization**2)
        return length / (material.conductivity * contact.resistance_area)
    return np.inf


def _two_layers(case) -> list[str]:
    """Their names. Raises DoesNotFit."""
    layers = row_of(case, 2)
    names = [layer.name for layer in layers]
    one, two = (case.regions[name] for name in names)
    if not all(r.magnetization is not None and r.magnetization.uniform and r.strong for r in (one, two)):
        raise DoesNotFit("its layers are strong and uniform magnets")
    keys = ("conductivity", "spin_diffusion_length", "polarization")
    if any(getattr(one.material, key) != getattr(two.material, key) for key in keys):
        raise DoesNotFit("its magnets are of one material")
    first, second = (layer.thickness for layer in layers)
    if abs(first / second - 1) > _SAME:
        raise DoesNotFit("its magnets have one thickness")
    if np.sin(angle_between(case, *names)) < _SAME:
        raise DoesNotFit("between collinear magnets there is no torque")
    between_sinks(case)
    return names
