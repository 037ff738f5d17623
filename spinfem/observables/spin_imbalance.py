"""How far the two spins are from each other in a metal: by what has piled up there, and by the current that passes."""

from pydantic import Field

from spinfem.case.names import InterfaceName, RegionName, sides
from spinfem.case.plugins import Observable
from spinfem.case.quantity import ResistanceArea
from spinfem.observables.vectors import magnitude
from spinfem.study.ratio import ratio
from spinfem.study.results import Measurement


class SpinImbalance(Observable, kind="spin_imbalance"):
    """Difference of the electrochemical potentials of the two spins over e, V, in a normal metal at its contact with a ferromagnet.

    `nonlocal`, 2 v: spins that have piled up within a spin diffusion length. `local`, 2 rho l J with the mean free path l: electrons that fly along
    the current against those that fly against it, more of one spin than of the other (Boltzmann's equation in a field shifts the energy of a spin's
    electrons by e l j_s/sigma_s times the cosine of their direction). `ratio` is local/nonlocal: l/lambda before a straight lead that is long.
    The two are of L. Berger, PRB 54, 9353 (1996).
    """

    contact: InterfaceName
    side: RegionName | None = None
    """The normal metal; needed where both sides are one."""
    resistivity_mean_free_path: ResistanceArea | None = Field(default=None, gt=0)
    """The product rho l of the metal, which its Fermi surface decides and not its impurities; without it there is no local part."""

    def faults(self, case, outline):
        normal = self._normal(case)
        if self.side is not None and self.side not in normal:
            yield (
                "side",
                self.side,
                f"must be a normal metal of that contact{': ' + ' or '.join(normal) if normal else ''}",
            )
        elif not normal:
            yield "contact", self.contact, "has no normal metal on either side"
        elif self.side is None and len(normal) == 2:
            yield "side", None, f"must say where: {' or '.join(normal)}"

    def measure(self, simulation):
        case, pair = simulation.case, sides(self.contact)
        side = self.side or self._normal(case)[0]
        (other,) = set(pair) - {side}
        solution = simulation.solution()
        _, v = solution.contact_average(pair, side)
        yield Measurement(f"{self.name}.nonlocal", 2 * magnitude(v), "V", note=f"2|v| in {side}, mean over the contact")
        if self.resistivity_mean_free_path is None:
            return
        _, spin = solution.flux(pair, into=side)
        local = 2 * self.resistivity_mean_free_path * magnitude(spin) / _area(simulation.device, pair)
        yield Measurement(f"{self.name}.local", local, "V", note=f"2 rho l J, J from {other} into {side}")
        noise = solution.noise * solution.largest_potential()
        share = ratio(local, 2 * magnitude(v), noise, self.contact, "the spin potential", "V")
        yield Measurement(f"{self.name}.ratio", share, "", note="local/nonlocal")

    def _normal(self, case):
        return [name for name in sides(self.contact) if case.regions[name].magnetization is None]


def _area(device, contact):
    from spinfem.geometry.extent import area_and_centre  # slow to import, and not needed to check a case

    return area_and_centre(device, device.contact_facets(*sorted(contact)))[0]
