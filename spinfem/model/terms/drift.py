"""Carriers that drift in an electric field take their spins along."""

import ufl

from spinfem.case.plugins import Term


class Drift(Term, kind="drift"):
    """J_a = ± mu E c v_a,  E = - grad phi,  c = sigma/D: + of holes, - of electrons (Z. G. Yu, M. E. Flatté, PRB 66, 201202 and 235302 (2002)).

    c v is the density of spins, as a charge; it moves with the mean velocity of the carriers. A product of two unknowns, so the equations are not
    linear. Charge follows sigma E alone: that the conductivities of the two spins differ as their densities do (by c v/(n e)) is of second order in v.
    In a uniform field spins decay downstream and upstream by 1/L = ∓ mu E/2D + sqrt((mu E/2D)² + 1/lambda²).
    """

    linear = False
    linear_without = ". Without a `mobility` there is none"
    dissipates = "transport"
    counts = {"carriers": "where there is a `mobility`", "carrier_density": "where there is a `mobility`"}

    @classmethod
    def acts(cls, regions, dimension) -> bool:
        return any(region.material.mobility for region in regions.values())

    @classmethod
    def needs_lifetime(cls, region):
        return (
            "carriers with a mobility take their spins along, c = sigma/D of them" if region.material.mobility else ""
        )

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        if m.mobility is None:
            return {"drift": 0.0}
        return {"drift": m.charge_sign * scale.conductivity(m.conductivity) * m.mobility / m.diffusion_constant}

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 3 * degree - 2

    @classmethod
    def integrand(cls, u, w, c):
        return -ufl.inner(cls.spin_current(u, c), ufl.grad(w.v))

    @classmethod
    def spin_current(cls, u, c):
        return -c.drift * ufl.outer(u.v, ufl.grad(u.phi))
