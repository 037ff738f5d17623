"""A metal film on an insulating magnet."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spinfem.case.magnetization.precessing import turning
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, no_field, observables_of
from spinfem.geometry.extent import area_and_centre, extent
from spinfem.theory.macrospin import gyromagnetic_ratio
from spinfem.theory.spin_hall_film import Film

_WHOLE = 1e-6  # of a length or an area


class SpinHallFilm(Formula):
    """A film, wide and long beside its spin diffusion length, one face of which an insulating magnet covers: spin Hall magnetoresistance, spin
    pumping, damping."""

    title = "metal film on an insulating magnet"
    source = "Y.-T. Chen et al., PRB 87, 144411 (2013); Y. Tserkovnyak et al., RMP 77, 1375 (2005)"

    @staticmethod
    def predictions(case, device):
        wanted = observables_of(case, "nonlocal_resistance", "spin_pumping", "pumping_damping")
        no_field(case)
        bar = _bar(case, device)
        for observable in wanted:
            yield from {
                "nonlocal_resistance": bar.resistances,
                "spin_pumping": bar.pumped,
                "pumping_damping": bar.damped,
            }[observable.kind](observable)


@dataclass(frozen=True)
class _Bar:
    case: Any
    film: Film
    magnet: str
    area: float  # of the contact, m^2
    free: np.ndarray  # the axes along the film on which there can be a field
    sides: np.ndarray  # of the box, m, (3,)
    middle: np.ndarray  # of it, m, (3,)
    ends: dict  # terminal -> (area, m^2; centre, m)

    def field(self, current, magnetization):
        """E, (3,), V/m, at a mean current density, (3,), A/m^2."""
        m, omega = np.array(magnetization.direction), turning(magnetization)
        if omega is not None:
            current = current - self.film.pumped_current(m, omega)[0]
        field, tensor = np.zeros(3), self.film.conductivity_tensor(m)
        field[self.free] = np.linalg.solve(tensor[np.ix_(self.free, self.free)], current[self.free])
        return field

    def voltage(self, field, plus, minus):
        return float(-field @ (self.ends[plus][1] - self.ends[minus][1]))

    def resistances(self, observable):
        if observable.flip is not None:
            raise DoesNotFit(f"{observable.name} asks for two states")
        magnetization = self.case.terminals[self.magnet].spin.magnet
        if turning(magnetization) is not None:
            raise DoesNotFit("the magnet pumps beside the current")
        area, centre = self.ends[observable.drive]
        inward, off = np.zeros(3), (centre - self.middle) / self.sides
        along = self.free[np.argmax(np.abs(off[self.free]))]
        inward[along] = -np.sign(off[along])
        if abs(area * self.sides[along] / np.prod(self.sides) - 1) > _WHOLE:
            raise DoesNotFit(f"{observable.drive} is not a whole end of the film")
        field = self.field(inward / area, magnetization)
        yield Prediction(observable.name, self.voltage(field, observable.plus, observable.minus))

    def pumped(self, observable):
        if any(np.any(amount) for terminal in self.case.terminals.values() for amount in terminal.driven.values()):
            raise DoesNotFit("something else drives the device, too")
        magnetization = self.case.magnets[observable.magnet]
        turn = 2 * np.pi * np.arange(observable.phases) / observable.phases
        moments = [magnetization.at_phase(magnetization.phase + phase) for phase in turn]
        if observable.plus is not None:
            field = np.mean([self.field(np.zeros(3), m) for m in moments], axis=0)
            yield Prediction(f"{observable.name}.voltage", self.voltage(field, observable.plus, observable.minus))

    def damped(self, observable):
        conductance = self.film.damping_conductance() * self.area
        moment = observable.saturation_magnetization * self.area * observable.thickness
        factor = gyromagnetic_ratio(observable.g_factor) * ANGULAR_MOMENTUM**2 / moment
        yield Prediction(observable.name, factor * conductance.real)
        yield Prediction(f"{observable.name}.conductance", conductance.real)
        yield Prediction(f"{observable.name}.field_like", factor * conductance.imag)


def _bar(case, device):
    """The _Bar that a case is of. Raises DoesNotFit."""
    if len(case.regions) != 1 or case.interfaces:
        raise DoesNotFit("it is for one film")
    ((name, region),) = case.regions.items()
    covered = [t for t, terminal in case.terminals.items() if terminal.spin.magnet is not None]
    if region.magnetization is not None or len(covered) != 1:
        raise DoesNotFit("it is for a normal metal that one insulating magnet covers")
    if open_ends := [t for t, terminal in case.terminals.items() if t not in covered and terminal.spin.passes]:
        raise DoesNotFit(f"spins pass at {', '.join(open_ends)}")
    ends = {t: area_and_centre(device, device.facets_of(t)) for t in case.terminals}
    low, high = extent(device, name)
    dimension, area = device.mesh.topology.dim, ends[covered[0]][0]
    sides = high - low
    missing = device.area_unit / device.length_unit ** (dimension - 1)  # m^(3 - dimension), of what the mesh lacks
    sides[dimension:] = [missing, 1.0][: 3 - dimension]
    across, normal = _normal(ends[covered[0]][1], low, high, dimension)
    if abs(area * sides[across] / np.prod(sides) - 1) > _WHOLE:
        raise DoesNotFit("the magnet covers a part of a face")
    contact, material = case.terminals[covered[0]].spin, region.material
    film = Film(
        thickness=float(sides[across]),
        conductivity=material.conductivity,
        spin_diffusion_length=material.spin_diffusion_length,
        spin_hall_angle=material.spin_hall_angle,
        normal=tuple(normal),
        mixing_conductance=complex(contact.mixing_conductance, contact.mixing_conductance_imaginary),
        spin_conductance=contact.spin_conductance,
    )
    free = np.array([axis for axis in range(dimension) if axis != across], dtype=int)
    return _Bar(case, film, covered[0], area, free, sides, (low + high) / 2, ends)


def _normal(centre, low, high, dimension):
    """(the axis across the film, the unit vector into it) of a face with this centre on a box. Raises DoesNotFit."""
    for axis in range(dimension):
        for end, sign in ((low, 1.0), (high, -1.0)):
            if abs(centre[axis] - end[axis]) < _WHOLE * (high - low)[axis]:
                return axis, sign * np.eye(3)[axis]
    raise DoesNotFit("the magnet covers no face of a film")
