"""The spin Hall effect and its inverse."""

import ufl

from spinfem.case.plugins import Term
from spinfem.model.potentials import in_plane, out_of_plane

_X, _Y, _Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


class SpinHall(Term, kind="spin_hall"):
    """j_i = theta sigma eps_ija d_j v_a,  J_ia = theta sigma eps_ija d_j phi (Chen et al., PRB 87, 144411 (2013), eq. (5)).

    In magnets too: of spins along m it is what `anomalous_hall` with P_H theta_AH = theta has of both charge and spin.
    The form is c(v, psi) - c(w, phi), c(v, psi) = - theta sigma eps_ija d_j v_a d_i psi: skew, the Hall currents do no work.
    """

    counts = {"spin_hall_angle": "in two and three dimensions: on a line there is no sideways"}

    @classmethod
    def numbers(cls, region, scale):
        m = region.material
        return {"hall_conductivity": scale.conductivity(m.conductivity) * m.spin_hall_angle}

    @classmethod
    def acts(cls, regions, dimension) -> bool:
        return bool(cls.directions(regions, dimension))

    @classmethod
    def directions(cls, regions, dimension):
        """A current along j sends spins of the direction i x j along i: in a plane that is across the plane; on a line there is no sideways."""
        if not any(region.material.spin_hall_angle for region in regions.values()):
            return ()
        return {1: (), 2: (_Z,), 3: (_X, _Y, _Z)}[dimension]

    @classmethod
    def piles_up(cls, region) -> bool:
        return region.material.spin_hall_angle != 0

    @classmethod
    def symmetric(cls, n_spin) -> bool:
        return False

    @classmethod
    def quadrature_degree(cls, degree, texture):
        return 2 * (degree - 1)

    @classmethod
    def integrand(cls, u, w, c):
        of_charge = ufl.inner(cls.charge_current(u, c), ufl.grad(w.phi))
        return -of_charge - ufl.inner(cls.spin_current(u, c), ufl.grad(w.v))

    @classmethod
    def charge_current(cls, u, c):
        components = range(u.v.ufl_shape[0])
        return c.hall_conductivity * sum(_across(ufl.grad(u.v[k]), c.axes, k) for k in components)

    @classmethod
    def spin_current(cls, u, c):
        rows = (_across(ufl.grad(u.phi), c.axes, k) for k in range(c.axes.ufl_shape[0]))
        return c.hall_conductivity * ufl.as_matrix([[row[i] for i in range(len(row))] for row in rows])


def _across(slope, axes, k):
    """slope x (axis k of spin), shape (d,)."""
    (d,) = slope.ufl_shape
    axis = ufl.as_vector([axes[k, i] for i in range(3)])
    return in_plane(ufl.cross(out_of_plane(slope), axis), d)
