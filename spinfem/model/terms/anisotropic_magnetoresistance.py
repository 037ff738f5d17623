"""A magnet conducts differently along and across its magnetization."""

import ufl

from spinfem.model.potentials import in_plane, in_space
from spinfem.model.terms.transport import OfBothChannels


class AnisotropicMagnetoresistance(OfBothChannels, kind="anisotropic_magnetoresistance"):
    """Anisotropic magnetoresistance and planar Hall effect, of both spin channels (Taniguchi, Grollier, Stiles, PR Applied 3, 044001 (2015)).

        j   = - sigma D (grad phi + P_A grad s)
        J_m = - sigma D (grad s + P_A grad phi),    s = m.v,  D = d_along m m + d_across (1 - m m)

    besides `transport`; spins across m have no part in it. With sigma (1 + D) the inverse of the resistivity tensor
    rho_across + (rho_along - rho_across) m m, and r = (rho_along - rho_across) sigma, 1/sigma being the mean (rho_along + 2 rho_across)/3:
    d_along = 1/(1 + 2r/3) - 1, d_across = 1/(1 - r/3) - 1. McGuire, Potter, IEEE Trans. Magn. 11, 1018 (1975).
    """

    dissipates = "transport"
    counts = {"amr_polarization": "where there is an `amr_ratio`"}

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        sigma, (along, across) = scale.conductivity(m.conductivity), m.anisotropy
        return {
            "more_along": sigma * (along - across),
            "more_across": sigma * across,
            "anisotropy_polarization": m.polarization_of("amr"),
        }

    @classmethod
    def acts(cls, regions, dimension) -> bool:
        return any(region.material.amr_ratio for region in regions.values())

    @classmethod
    def piles_up(cls, region) -> bool:
        """Where both spins have one ratio, the field that stops the current of charge stops that of spins too."""
        m = region.material
        return m.amr_ratio != 0 and m.polarization_of("amr") != m.polarization

    @classmethod
    def channels_polarization(cls, c):
        return c.anisotropy_polarization

    @classmethod
    def driven(cls, slope, c):
        """sigma D times a slope, shape (d,). In a plane nothing varies across it."""
        m = in_plane(in_space(c.magnetization, c), len(slope))
        return c.more_along * ufl.dot(m, slope) * m + c.more_across * slope
