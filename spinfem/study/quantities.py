"""What can be read off a solution, by name: each a Functional, whoever reads it."""

from typing import Any

import numpy as np
from uncertainties.unumpy import nominal_values

from spinfem.model.drive import Drive
from spinfem.model.layout import Layout
from spinfem.model.problem import Problem
from spinfem.postprocessing.bulk import LEAD, Power, Pumped, Relaxed
from spinfem.postprocessing.carriers import CarrierPolarization
from spinfem.postprocessing.contacts import ContactAverage, Flux
from spinfem.postprocessing.covering import AbsorbedByCover
from spinfem.postprocessing.cut import BothWays, CutCurrent, NetCurrent
from spinfem.postprocessing.functional import Functional
from spinfem.postprocessing.point_evaluation import PointValues
from spinfem.postprocessing.stream import Circulation, Vortex
from spinfem.postprocessing.terminals import AtHeldTerminal, TerminalReading
from spinfem.postprocessing.torque import Absorbed
from spinfem.study.ratio import resistance


class Quantities:
    """Base of what can `read` a Functional: numbers of a Solution, or variables with derivatives."""

    readings: dict[str, TerminalReading]
    problem: Problem
    drive: Drive

    @property
    def layout(self) -> Layout:
        """Of the unknowns."""
        raise NotImplementedError

    def read(self, functional: Functional) -> np.ndarray:
        """The entries of a Functional. Collective."""
        raise NotImplementedError

    def power_names(self) -> tuple[str, ...]:
        """What `powers` are called, in their order."""
        raise NotImplementedError

    def resistance(self, plus, minus):
        """(phi_plus - phi_minus) / I_plus, ohm. Raises Undefined where there is no current."""
        return resistance(self, plus, minus)

    def currents_at_held(self, terminal):
        """I (A) and Is (A, shape (3,)) that do work on the given potentials of a terminal, positive into the device."""
        numbers = self.read(AtHeldTerminal(terminal))
        return numbers.item(0), numbers[1:]

    def flux(self, contact, into):
        """Charge (A) and spin current (A, shape (3,)) through a contact, counted positive into region `into`.

        contact: the names of two regions that touch. The flux leaves the other one: the reaction of its cells alone.
        """
        numbers = self.read(Flux(tuple(sorted(contact)), into))
        return numbers.item(0), numbers[1:4]

    def contact_average(self, contact, side):
        """phi (V) and v (V, shape (3,)) on one side of a contact, averaged over its area."""
        numbers = self.read(ContactAverage(tuple(sorted(contact)), side))
        return numbers.item(0), numbers[1:4]

    def carrier_polarization(self, region, contact=None):
        """(n_up - n_down)/n along x, y, z of the carriers of a region with a mobility, shape (3,): the mean of its volume, or of its side of a contact."""
        return self.read(CarrierPolarization(region, contact and tuple(sorted(contact))))

    def relaxed(self):
        """Spin current that relaxes in the bulk and goes to the lattice, A, shape (3,): injected minus extracted, without torque."""
        return self.read(Relaxed())

    def absorbed(self, magnet):
        """Spin current across m that a ferromagnet absorbs, A, shape (3,): what enters it minus what leaves it.

        magnet: a region, or a terminal that a magnet covers, which takes it up at its contact.
        Strong: the reactions across m at its nodes, its boundary included. Weak: dephasing and precession in its volume.
        """
        return self.read(Absorbed(magnet) if magnet in self.problem.regions else AbsorbedByCover(magnet))

    def powers(self):
        """Where the power goes, W: transport (Joule heat of charge and spin currents), spin relaxation, each interface, each lead."""
        return dict(zip(self.power_names(), self.read(Power()), strict=True))

    def power_behind_leads(self):
        """The power that enters the device itself, W: the sum of V I and v.I_s of its terminals, and what magnets of the drawing pump with."""
        entering: Any = sum(reading.power for reading in self.readings.values())
        if self.drive.pumping.keys() & self.problem.regions.keys():
            entering = entering + self.read(Pumped()).item(0)
        return entering

    def power_in(self):
        """The power that enters through the terminals and their leads, W: the sum of V I and v.I_s at the far ends of the leads; and what magnets pump with."""
        entering = self.power_behind_leads()
        if not any(name.startswith(f"{LEAD} ") for name in self.power_names()):
            return entering  # without an integral over the device
        return entering + sum(power for name, power in self.powers().items() if name.startswith(f"{LEAD} "))

    def at(self, points, region=None):
        """phi (k,) and v (k, 3), V, at points of shape (k, 3) in metres, inside `region` if it is named."""
        values = self._at(points, region)
        return values[:, 0], values[:, 1:4]

    def scalar_at(self, name, points, region=None):
        """A scalar field, in its own unit and counted from its reference, at points as in `at`: (k,)."""
        fields = [scalar.name for scalar in self.layout.scalars]
        return self.layout.scalar(name).per_volt * self._at(points, region)[:, 4 + fields.index(name)]

    def current_through(self, axis, position, regions=()):
        """The CutCurrent of charge through the plane x[axis] = position (m), in some regions (names; default: all). 2D or 3D."""
        plane = axis, float(position), tuple(regions)
        return CutCurrent(*(self.read(part(*plane)).item(0) for part in (NetCurrent, BothWays)))

    def vortices(self):
        """(the Vortex where the stream function is largest, that where it is smallest), in 2D. Raises SolveError (a device in several parts has none)."""
        numbers = [self.read(Circulation(sense)) for sense in (1, -1)]
        return tuple(Vortex(found.item(0), nominal_values(found[1:])) for found in numbers)

    def _at(self, points, region):
        places = tuple((float(x), float(y), float(z)) for x, y, z in np.reshape(points, (-1, 3)))
        return self.read(PointValues(places, region))
