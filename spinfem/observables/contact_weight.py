"""Which spin potential a wide contact reads."""

import numpy as np
from uncertainties import nominal_value

from spinfem.case.barrier import barrier
from spinfem.case.names import InterfaceName, TerminalName, sides
from spinfem.case.plugins import Observable
from spinfem.observables.drive import NOTHING, at_rest, not_a_pair
from spinfem.observables.magnets import direction_of, reached
from spinfem.observables.places import outside
from spinfem.study.ratio import ratio
from spinfem.study.results import Chart, Measurement, Table


class ContactWeight(Observable, kind="contact_weight"):
    """Which spin potential the voltage between `plus`, on a magnet, and `minus` reads through the magnet's `contact` with a normal metal.

    v_eff = V/P is what a detector without width would have to see (Johnson, Silsbee, PRL 55, 1790 (1985): V = P m.v): P of the interface, or of the
    magnet where the interface has none. Beside it stand the mean of m.v over the contact, on the side of the metal, and its value at the centre.
    Where each part of V comes from is found by reciprocity: with 1 A driven into `plus` and out of `minus`, the weight of the spin potential is the
    spin current density along m that this drives into the metal (docs/physics.md, section 6).
    """

    needs_linear = "it adds up what the two solutions of two drives make together"

    contact: InterfaceName
    plus: TerminalName
    minus: TerminalName

    def faults(self, case, outline):
        pair = sides(self.contact)
        magnets = [name for name in pair if case.regions[name].magnetization is not None]
        if len(magnets) != 1:
            yield "contact", self.contact, "must join a ferromagnet and a normal metal"
            return
        if not case.regions[magnets[0]].magnetization.uniform:
            yield "contact", self.contact, "needs a uniform magnetization: spins are counted along it"
        if not self._polarization(case):
            yield "contact", self.contact, "has no polarization, so it reads no spin potential"
        yield from not_a_pair(self.plus, self.minus)
        if not case.terminals[self.plus].floating:
            yield "plus", self.plus, "carries a current; a detector is floating"
        if case.terminals[self.minus].driven.get("currents"):
            yield "minus", self.minus, "carries a driven current; let it float, or hold it at a voltage"
        beyond = self._beyond(outline.contacts, case)
        if not set(outline.terminals[self.plus]) & set(beyond):
            yield "plus", self.plus, f"does not lie on the side of {magnets[0]}, seen through {self.contact}"
        elif self._metal(case) in beyond or set(outline.terminals[self.minus]) & set(beyond):
            yield "contact", self.contact, f"is not the only way from {self.plus} to {self.minus}"
        driven = [name for name, at in outline.terminals.items() if set(at) & set(beyond) and _drives(case, name)]
        if driven:
            yield "contact", self.contact, f"has the driven terminal {driven[0]} behind it; a detector is not driven"
        if at_rest(case):
            yield "contact", self.contact, f"reads nothing: {NOTHING}"
        if case.heat is not None:
            yield "contact", self.contact, "reads temperatures too, which are not weighed here; leave out `heat`"

    def measure(self, simulation):
        case, device, solution = simulation.case, simulation.device, simulation.solution()
        metal, beyond = self._metal(case), self._beyond(device.contacts, case)
        m, at = direction_of(case.regions[beyond[0]].magnetization), solution.readings
        voltage, polarization = at[self.plus].potential - at[self.minus].potential, self._polarization(case)
        effective, noise = voltage / polarization, solution.noise * solution.largest_potential()
        read = {"mean": solution.contact_average((metal, beyond[0]), metal)[1] @ m}
        centre = _centre(device, metal, beyond[0])
        if len(centre):
            read["centre"] = solution.at(centre, metal)[1][0] @ m
        note = f"V/P, V = phi({self.plus}) - phi({self.minus}), P = {polarization:.4g}"
        yield Measurement(self.name, effective, "V", note=note)
        for name, value in read.items():
            yield Measurement(f"{self.name}.{name}", value, "V", note=f"m.v on the side of {metal}")
            of = ratio(effective, value, noise, self.contact, f"the spin potential ({name})", "V")
            yield Measurement(f"{self.name}.over_{name}", of, "", note=f"v_eff / {name}")
        weight = self._weight(simulation, solution, metal, beyond, m)
        lost = abs(weight.voltage - nominal_value(voltage))
        balance = lost / weight.magnitude if lost else 0.0
        yield Measurement(f"{self.name}.balance", balance, "", note="|sum over the contact - V| / sum of magnitudes")
        yield self._table(weight)

    def _weight(self, simulation, solution, metal, beyond, m):
        from spinfem.model.drive import Drive  # slow to import, and not needed to check a case
        from spinfem.postprocessing.contact_weight import contact_weight

        mirrored = not simulation.problem().symmetric
        currents = {self.plus: 1.0, self.minus: -1.0}
        if simulation.case.terminals[self.minus].charge.grounds:
            del currents[self.minus]
        bench = simulation.time_reversed() if mirrored else simulation
        dual = bench.solution(drive=Drive(currents=currents))
        return contact_weight(solution, dual, metal, beyond, solution.readings[self.minus].potential, m, mirrored)

    def _table(self, weight):
        along = _along(weight.points)
        order = np.argsort(along, kind="stable")
        columns = {"distance": ("m", along)}
        columns |= {axis: ("m", weight.points[:, i]) for i, axis in enumerate("xyz")}
        columns |= {"spin weight": ("1/m^2", weight.spin), "charge weight": ("1/m^2", weight.charge)}
        columns |= {"spin potential": ("V", weight.spin_potential), "read": ("V/m^2", weight.density)}
        columns = {name: (unit, values[order]) for name, (unit, values) in columns.items()}
        scattered = np.linalg.matrix_rank(weight.points - weight.points.mean(axis=0), tol=1e-3 * np.ptp(along)) > 1
        where = "distance along the contact"
        charts = tuple(
            Chart(f"{self.name}_{name}", "distance", y, x_label=where, y_label=label, points=y if scattered else ())
            for name, y, label in (
                ("weights", ("spin weight", "charge weight"), "current density of 1 A into the detector"),
                ("read", ("read",), "what the voltage is the integral of"),
                ("potential", ("spin potential",), "spin potential along m"),
            )
        )
        return Table(self.name, columns, charts)

    def _metal(self, case):
        (metal,) = (name for name in sides(self.contact) if case.regions[name].magnetization is None)
        return metal

    def _beyond(self, contacts, case):
        """The regions behind the contact, as seen from the metal: the magnet first."""
        (magnet,) = set(sides(self.contact)) - {self._metal(case)}
        return tuple(reached([pair for pair in contacts if pair != frozenset(sides(self.contact))], [magnet]))

    def _polarization(self, case):
        """P of the interface, or of the magnet where the interface has none."""
        (magnet,) = set(sides(self.contact)) - {self._metal(case)}
        given = barrier(case, magnet, self._metal(case))
        return given[1] if given and given[1] else case.regions[magnet].material.polarization


def _drives(case, terminal):
    given = case.terminals[terminal]
    return given.charge.grounds or any(np.any(amount) for amount in given.driven.values())


def _centre(device, metal, magnet):
    """The centre of area of a contact, m, (1, 3); none, (0, 3), where a bent contact has it outside of the metal. Collective."""
    from spinfem.geometry.extent import area_and_centre  # slow to import, and not needed to check a case

    centre = area_and_centre(device, device.contact_facets(metal, magnet))[1][None]
    return centre[: 0 if list(outside(device, centre, metal, "contact")) else 1]


def _along(points):
    """How far along the longest direction of a cloud of points (k, 3) each of them lies, from the first one on, m."""
    centred = points - points.mean(axis=0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    along = centred @ (axis * np.sign(axis[np.abs(axis).argmax()]))
    return along - along.min()
