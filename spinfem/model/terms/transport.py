"""Drift and diffusion of charge and spin."""

import ufl

from spinfem.case.plugins import Term
from spinfem.model.potentials import Tensor


class Transport(Term, kind="transport"):
    """Two-current drift and diffusion of a spin accumulation vector (Valet, Fert, PRB 48, 7099 (1993)).

        j     = - sigma grad phi - P sigma m.grad v
        J_a   = - sigma grad v_a - P sigma m_a grad phi
        form    sigma grad phi.grad psi + P sigma [(m.grad v).grad psi + grad phi.(m.grad w)] + sigma grad v : grad w

    in strong ferromagnets, which the constraint map makes of it (v = s m), with grad(m.v), grad(m.w) in the form: see `slope_along`.
    """

    dissipates = "transport"

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        return {"conductivity": scale.conductivity(m.conductivity), "polarization": m.polarization}

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * (degree - 1) + 2 * texture  # gradients lose a degree

    @classmethod
    def integrand(cls, u, w, c):
        drag = ufl.inner(slope_along(u.v, c), ufl.grad(w.phi)) + ufl.inner(ufl.grad(u.phi), slope_along(w.v, c))
        return c.conductivity * (
            ufl.inner(ufl.grad(u.phi), ufl.grad(w.phi))
            + c.polarization * drag
            + ufl.inner(ufl.grad(u.v), ufl.grad(w.v))
        )

    @classmethod
    def tensors(cls, numbers, m, axes):
        sigma, polarization = numbers["conductivity"], numbers["polarization"]
        if m is None:
            return None
        return {"stiffness": Tensor(sigma, sigma * polarization * m, sigma)}

    @classmethod
    def capacity(cls, region, scale):
        """c dv/dt in the balance of the spins, c = sigma (1 - P^2)/D; charge follows at once."""
        if region.material.diffusion_constant is None:
            return None
        return Tensor(0.0, 0.0, scale.rate(region.material.capacity, 1.0))

    @classmethod
    def charge_current(cls, u, c):
        return c.conductivity * (electromotive(u, c) - ufl.grad(u.phi))

    @classmethod
    def spin_current(cls, u, c):
        return -c.conductivity * ufl.grad(u.v)

    @classmethod
    def current_along(cls, u, c):
        return -c.conductivity * c.polarization * ufl.grad(u.phi)


class OfBothChannels(Term):
    """Base of what both spin channels of a magnet do besides: j = - X (grad phi + p grad s), J_m = - X (grad s + p grad phi), s = m.v. Spins across m
    have no part in it."""

    @classmethod
    def driven(cls, slope, c):
        """X times a slope, shape (d,), in the scaled unit."""
        raise NotImplementedError

    @classmethod
    def channels_polarization(cls, c):
        """p, a coefficient."""
        raise NotImplementedError

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * (degree - 1) + 2 * texture

    @classmethod
    def integrand(cls, u, w, c):
        along = ufl.inner(cls.current_along(u, c), slope_along(w.v, c))
        return -ufl.inner(cls.charge_current(u, c), ufl.grad(w.phi)) - along

    @classmethod
    def charge_current(cls, u, c):
        return -cls.driven(ufl.grad(u.phi) + cls.channels_polarization(c) * slope_along(u.v, c), c)

    @classmethod
    def current_along(cls, u, c):
        return -cls.driven(slope_along(u.v, c) + cls.channels_polarization(c) * ufl.grad(u.phi), c)


def slope_along(v, c):
    """m . grad v, shape (d,). For v = s m it is grad s, and so is grad(m . v), which strong ferromagnets have instead.

    The two differ in a texture only. On the mesh m . grad(s m) is grad s up to an error, small, but multiplied by the drift of the charge,
    which is larger than the spin potential by orders of magnitude; grad(m . v) has none. Of the flux P sigma m grad phi
    it leaves out what turns with m: `turned` in model/bulk.py. In weak ferromagnets, where v is free, nothing may be left out.
    """
    slope = ufl.grad(ufl.dot(c.magnetization, v))
    if c.free_texture is None:
        return slope
    return slope - c.free_texture * ufl.dot(v, ufl.grad(c.magnetization))


def electromotive(u, c):
    """What drives charge besides the field, -P m . grad v, shape (d,), in volts for each unit of the drawing."""
    return -c.polarization * slope_along(u.v, c)
