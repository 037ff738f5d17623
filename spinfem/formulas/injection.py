"""Spins in a conductor between two magnets: how many a current brings, and what they do to the resistance."""

import numpy as np

from spinfem.case.barrier import barrier
from spinfem.case.names import sides
from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, observables_of
from spinfem.formulas.row import row_of
from spinfem.theory.spin_injection import Injector, between_two

_ALIKE = 1e-9  # relative
_THICK = 6.0  # spin diffusion lengths: tanh of it is 1 but for 1e-5


class Injection(Formula):
    """F/N/F in layers, the two magnets, much thicker than their spin diffusion length, and their contacts alike, parallel or antiparallel: the
    conductivity mismatch of a semiconductor, and the window of contact resistances that it leaves."""

    title = "spin injection between two magnets"
    source = "A. Fert, H. Jaffrès, PRB 64, 184420 (2001)"

    @staticmethod
    def predictions(case, device):
        wanted = observables_of(case, "injection_efficiency", "magnetoresistance")
        injector, (parallel, antiparallel), names, ohmic = _device(case)
        m = [np.array(case.regions[name].magnetization.direction) for name in (names[0], names[2])]
        here = parallel if m[0] @ m[1] > 0 else antiparallel
        for observable in wanted:
            if observable.kind == "injection_efficiency" and set(sides(observable.contact)) < set(names):
                yield Prediction(observable.name, injector.efficiency(here))
            elif observable.kind == "magnetoresistance" and _flips(observable, m[0]):
                low, high = (ohmic + 2 * injector.resistance(x) for x in (parallel, antiparallel))
                area = case.geometry.width * case.geometry.depth
                yield Prediction(f"{observable.name}.smallest", low / area)
                yield Prediction(f"{observable.name}.largest", high / area)
                yield Prediction(f"{observable.name}.ratio", high / low - 1)


def _flips(observable, m):
    """Does a `magnetoresistance` compare the parallel state with the antiparallel one?"""
    around = abs(np.dot(observable.axis.direction, m)) < _ALIKE
    return around and np.allclose(np.sort(np.mod(observable.angles, 2 * np.pi))[[0, -1]], [0, np.pi])


def _device(case):
    """(Injector, what it meets in the parallel and in the antiparallel state, names of the layers, resistance without spins), for each area. Raises
    DoesNotFit."""
    layers = row_of(case, 3)
    names = [layer.name for layer in layers]
    first, between, last = (case.regions[name] for name in names)
    if between.magnetization is not None or not (first.strong and last.strong):
        raise DoesNotFit("it is for what is not magnetic between two strong ferromagnets")
    if not (first.magnetization.uniform and last.magnetization.uniform):
        raise DoesNotFit("its magnets are uniform")
    if np.linalg.norm(np.cross(first.magnetization.direction, last.magnetization.direction)) > _ALIKE:
        raise DoesNotFit("its magnets are parallel or antiparallel")
    if set(case.interfaces) - {f"{a}/{b}" for a, b in (names[:2], names[1::-1], names[1:], names[:0:-1])}:
        raise DoesNotFit("it knows the contacts of its layers alone")
    injectors = [_injector(case, layer, names[1]) for layer in (layers[0], layers[2])]
    if injectors[0] != injectors[1]:
        raise DoesNotFit("its magnets and contacts are alike")
    material, thickness = between.material, layers[1].thickness
    behind = between_two(
        material.spin_diffusion_length / material.conductivity, thickness / material.spin_diffusion_length
    )
    barriers = [barrier(case, name, names[1])[0] for name in (names[0], names[2])]
    ohmic = sum(layer.thickness / case.regions[layer.name].material.conductivity for layer in layers) + sum(barriers)
    return injectors[0], behind, names, ohmic


def _injector(case, layer, metal):
    material, contact = case.regions[layer.name].material, barrier(case, layer.name, metal)
    if contact is None or abs(contact[1]) >= 1:
        raise DoesNotFit(f"it needs a contact of {layer.name} that both spin directions pass")
    if layer.thickness < _THICK * material.spin_diffusion_length:
        raise DoesNotFit(f"{layer.name} is not much thicker than its spin diffusion length")
    if any(getattr(interface, "spin_memory_loss", 0) for interface in case.interfaces.values()):
        raise DoesNotFit("it has no spin memory loss")
    return Injector.of(material.conductivity, material.spin_diffusion_length, material.polarization, *contact)
