"""A long bar of one ferromagnet: resistance along it, planar and anomalous Hall resistance across."""

import numpy as np

from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, observables_of
from spinfem.geometry.extent import area_and_centre, extent_of_facets
from spinfem.theory.resistivity import resistivity_tensor

_SAME = 1e-3  # relative: ends that lie on one line, sections of one size


class HallBar(Formula):
    """E = rho j with j along the bar alone: a long bar with insulated sides and arms that take no current, of one uniform ferromagnet in both spin channels of
    which anisotropy and Hall angle are the same."""

    title = "long bar of a ferromagnet"
    source = "T. R. McGuire, R. I. Potter, IEEE Trans. Magn. 11, 1018 (1975); docs/hall_effects.md"

    @staticmethod
    def predictions(case, device):
        wanted = observables_of(case, "nonlocal_resistance")
        material, m = _ferromagnet(case)
        for observable in wanted:
            bar = _Bar(case, device, observable.drive)
            drawn, flipped = (bar.resistance(observable, material, each) for each in (m, -m))
            states = {"": drawn}
            if observable.flip:
                states = {".angle_0": drawn, ".angle_180": flipped, ".difference": drawn - flipped}
            for state, value in states.items():
                yield Prediction(f"{observable.name}{state}", value)


def _ferromagnet(case):
    """The material and m, (3,), of the only region. Raises DoesNotFit."""
    if len(case.regions) != 1:
        raise DoesNotFit("it is for one region")
    (region,) = case.regions.values()
    material = region.material
    if region.magnetization is None or not region.magnetization.uniform:
        raise DoesNotFit("it is for a ferromagnet of uniform magnetization")
    if not material.amr_ratio and not material.anomalous_hall_angle:
        raise DoesNotFit("its ferromagnet has an amr_ratio or an anomalous_hall_angle")
    alike = all(material.polarization_of(effect) == material.polarization for effect in ("amr", "anomalous_hall"))
    if material.spin_hall_angle or not alike:
        raise DoesNotFit(
            "both spin channels have to have the same amr_ratio and Hall angle: spins pile up at the sides"
        )
    return material, np.array(region.magnetization.direction)


class _Bar:
    """Where the current goes: from the terminal `drive` to the only other one that takes any. Raises DoesNotFit. Collective."""

    def __init__(self, case, device, drive):
        ends = [name for name, terminal in case.terminals.items() if name == drive or not terminal.floating]
        others = [name for name in ends if name != drive]
        if len(others) != 1:
            raise DoesNotFit("current enters at one end of its bar and leaves at the other")
        self.dimension = device.mesh.topology.dim
        places = {name: area_and_centre(device, device.facets_of(name)) for name in case.terminals}
        self._centres = {name: centre for name, (_, centre) in places.items()}
        (self._section, start), (section, end) = places[drive], places[others[0]]
        along = end - start
        self._axis = int(np.argmax(np.abs(along)))
        length = abs(along[self._axis])
        if np.abs(np.delete(along, self._axis)).max() > _SAME * length or abs(section / self._section - 1) > _SAME:
            raise DoesNotFit("the ends of its bar face one another and are equally large")
        self._sense = np.sign(along[self._axis])
        bounds = [extent_of_facets(device, device.facets_of(name)) for name in (drive, others[0])]
        self._low = np.minimum(bounds[0][0], bounds[1][0])
        self._high = np.maximum(bounds[0][1], bounds[1][1])

    def resistance(self, observable, material, m):
        """(phi_plus - phi_minus)/I, the potential of an arm being that of the edge where it begins."""
        sigma, ratio, angle = material.conductivity, material.amr_ratio, material.anomalous_hall_angle
        tensor = resistivity_tensor(sigma, ratio, angle, m, self.dimension)
        field = self._sense * tensor[:, self._axis] / self._section
        plus, minus = (
            np.clip(self._centres[name], self._low, self._high) for name in (observable.plus, observable.minus)
        )
        return float(field @ (minus - plus)[: self.dimension])
