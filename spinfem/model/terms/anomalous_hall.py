"""The anomalous Hall effect: in a magnet currents go sideways."""

import ufl

from spinfem.model.potentials import in_plane, in_space, out_of_plane
from spinfem.model.terms.transport import OfBothChannels


class AnomalousHall(OfBothChannels, kind="anomalous_hall"):
    """Anomalous Hall effect of both spin channels (Taniguchi, Grollier, Stiles, PR Applied 3, 044001 (2015)).

        j   = - theta sigma m x (grad phi + P_H grad s)
        J_m = - theta sigma m x (grad s + P_H grad phi),    s = m.v

    so a field E brings about the current theta sigma m x E. Skew: it does no work. Spins across m have no part in it.
    """

    counts = {
        "anomalous_hall_angle": "in two and three dimensions: on a line there is no sideways",
        "anomalous_hall_polarization": "where there is an `anomalous_hall_angle`, in two and three dimensions",
    }

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        return {
            "anomalous_hall_conductivity": scale.conductivity(m.conductivity) * m.anomalous_hall_angle,
            "anomalous_hall_polarization": m.polarization_of("anomalous_hall"),
        }

    @classmethod
    def acts(cls, regions, dimension) -> bool:
        """On a line there is no sideways."""
        return dimension > 1 and any(region.material.anomalous_hall_angle for region in regions.values())

    @classmethod
    def piles_up(cls, region) -> bool:
        """Where both spins have one angle, the field that stops the current of charge stops that of spins too."""
        m = region.material
        return m.anomalous_hall_angle != 0 and m.polarization_of("anomalous_hall") != m.polarization

    @classmethod
    def symmetric(cls, n_spin) -> bool:
        return False

    @classmethod
    def channels_polarization(cls, c):
        return c.anomalous_hall_polarization

    @classmethod
    def driven(cls, slope, c):
        """theta sigma m x slope, shape (d,)."""
        (d,) = slope.ufl_shape
        return c.anomalous_hall_conductivity * in_plane(ufl.cross(in_space(c.magnetization, c), out_of_plane(slope)), d)
