"""Spins that travel as magnons through insulating magnets."""

import ufl

from spinfem.case.plugins import Term
from spinfem.case.scalar_field import MAGNONS, ScalarField
from spinfem.model.potentials import Tensor


class MagnonTransport(Term, kind="magnon_transport"):
    """J_m = - sigma_m grad(mu_m/e), the current of spins along m (L. J. Cornelissen et al., PRB 94, 014412 (2016)).

    At equilibrium with a metal mu_m/e is its mu_up - mu_down = 2 m.v, so the unknown is mu_m/2e, which counts like v: then J times it is a power, and
    the operator is symmetric.
    """

    dissipates = "magnon_transport"

    @classmethod
    def scalar_fields(cls, regions):
        there = tuple(name for name, region in regions.items() if region.insulating)
        return [magnons(there)] if there else []

    @classmethod
    def numbers(cls, region, scale):
        sigma = magnons().conductance(region.material.magnon_conductivity) if region.insulating else 0.0
        return {"magnon_conductivity": scale.conductivity(sigma)}

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * (degree - 1)

    @classmethod
    def integrand(cls, u, w, c):
        return c.magnon_conductivity * ufl.inner(ufl.grad(u[MAGNONS]), ufl.grad(w[MAGNONS]))

    @classmethod
    def tensors(cls, numbers, m, axes):
        return {"stiffness": Tensor(between={(MAGNONS, MAGNONS): numbers["magnon_conductivity"]})}

    @classmethod
    def scalar_currents(cls, u, c):
        return {MAGNONS: -c.magnon_conductivity * ufl.grad(u[MAGNONS])}


class MagnonRelaxation(Term, kind="magnon_relaxation"):
    """div J_m = - sigma_m/lambda_m^2 mu_m/e: magnons that the lattice takes, and their spin with them (Cornelissen et al., as above)."""

    dissipates = "magnon_relaxation"

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        sigma = magnons().conductance(m.magnon_conductivity) if region.insulating else 0.0
        return {"magnon_relaxation": scale.rate(sigma, m.magnon_diffusion_length)}

    @classmethod
    def lengths(cls, region):
        return (region.material.magnon_diffusion_length,) if region.insulating else ()

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * degree

    @classmethod
    def integrand(cls, u, w, c):
        return c.magnon_relaxation * u[MAGNONS] * w[MAGNONS]

    @classmethod
    def tensors(cls, numbers, m, axes):
        return {"mass": Tensor(between={(MAGNONS, MAGNONS): numbers["magnon_relaxation"]})}

    @classmethod
    def scalar_losses(cls, u, c):
        return {MAGNONS: c.magnon_relaxation * u[MAGNONS]}

    @classmethod
    def given_to_lattice(cls, u, c):
        return c.magnon_relaxation * u[MAGNONS] * c.magnetization


def magnons(regions=()):
    """The ScalarField of the magnon chemical potential over e: V, A."""
    of_mu = 2.0  # mu_m/e for each V of the unknown mu_m/2e
    return ScalarField(
        MAGNONS, "", "magnon potential", "V", "J_m", "magnon current", "A", of_mu, 1.0, regions, works=True
    )
