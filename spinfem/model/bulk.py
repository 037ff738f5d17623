"""Spin-polarised drift and diffusion in the bulk, as variational forms.

With u = (phi, v) and the test functions (psi, w), all integrals over the device (docs/physics.md, section 2):

    diffusion   sigma grad phi . grad psi + P sigma [(m.grad v) . grad psi + grad phi . (m.grad w)] + sigma grad v : grad w
                in strong ferromagnets with grad(m.v), grad(m.w) instead: see `slope_along`
    relaxation  sigma (1 - P^2) / lambda^2  v . w                 to the lattice, whatever the direction of the spins
    dephasing   sigma / lambda_phi^2  v_perp . w_perp             to a weak ferromagnet, v_perp = v - (m.v) m
    precession  sigma / lambda_J^2  (m x v) . w                   to a weak ferromagnet; skew
    spin Hall   c(v, psi) - c(w, phi),  c(v, psi) = - theta sigma eps_ija d_j v_a d_i psi     skew

The two-current model of Valet, Fert, PRB 48, 7099 (1993) for a spin accumulation vector; strong ferromagnets (v = s m) are made from it
by the constraint map. Weak ferromagnets: Zhang, Levy, Fert, PRL 88, 236601 (2002); Petitjean, Luc, Waintal, PRL 109, 117204
(2012). Spin Hall effect: Chen et al., PRB 87, 144411 (2013), eq. (5). A further bulk process (Hanle precession) is one more function
here and one more term in `bulk_form`.
"""

from typing import Any, NamedTuple

import ufl


class State(NamedTuple):
    """Charge potential and spin potential vector, as UFL expressions."""

    phi: Any
    v: Any


def state(u):
    """Split the unknown (phi, v_1 .. v_n) of the blocked space."""
    return State(u[0], ufl.as_vector([u[i] for i in range(1, u.ufl_shape[0])]))


def bulk_form(trial, test, c, degree, weak=False):
    """The bilinear form over the cells, with coefficients `c`; `degree` is that of the potentials.

    weak: are there weak ferromagnets? Without them their terms are left out of the compiled kernel.
    """
    u, w = state(trial), state(test)
    mesh = ufl.domain.extract_unique_domain(c.conductivity)
    texture = ufl.algorithms.estimate_total_polynomial_degree(c.magnetization)
    # Gradients lose a degree; without saying so the stiffness part would be integrated as expensively as the relaxation.
    dx_gradients = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 2 * (degree - 1) + 2 * texture})
    dx_values = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 2 * degree})
    local = relaxation(u, w, c)
    if weak:
        local += dephasing(u, w, c) + precession(u, w, c)
        dx_values = dx_values(metadata={"quadrature_degree": 2 * degree + 2 * texture})
    transport = diffusion(u, w, c)
    if c.spin_hall is not None:
        transport += spin_hall(u, w, c)
    return c.region_weight * transport * dx_gradients + c.region_weight * local * dx_values


def diffusion(u, w, c):
    sigma = c.conductivity
    drag = ufl.inner(slope_along(u.v, c), ufl.grad(w.phi)) + ufl.inner(ufl.grad(u.phi), slope_along(w.v, c))
    return sigma * (
        ufl.inner(ufl.grad(u.phi), ufl.grad(w.phi)) + c.polarization * drag + ufl.inner(ufl.grad(u.v), ufl.grad(w.v))
    )


def slope_along(v, c):
    """m . grad v, shape (d,). For v = s m it is grad s, and so is grad(m . v), which strong ferromagnets have instead.

    The two differ in a texture only. On the mesh m . grad(s m) is grad s up to an error, small, but multiplied by the drift of the charge,
    which is larger than the spin potential by orders of magnitude; grad(m . v) has none. Of the flux P sigma m grad phi
    it leaves out what turns with m: `drift_turned`. In weak ferromagnets, where v is free, nothing may be left out.
    """
    slope = ufl.grad(ufl.dot(c.magnetization, v))
    if c.free_texture is None:
        return slope
    return slope - c.free_texture * ufl.dot(v, ufl.grad(c.magnetization))


def drift_turned(u, c):
    """P sigma (grad phi . grad) m, shape (n,): the spin current that the drift of the charge loses for each volume as m turns, in the
    scaled unit. L. Berger, J. Appl. Phys. 55, 1954 (1984)."""
    return c.polarization * c.conductivity * ufl.dot(ufl.grad(c.magnetization), ufl.grad(u.phi))


def relaxation(u, w, c):
    return c.relaxation * ufl.dot(u.v, w.v)


def dephasing(u, w, c):
    m = c.magnetization
    return c.dephasing * (ufl.dot(u.v, w.v) - ufl.dot(m, u.v) * ufl.dot(m, w.v))


def precession(u, w, c):
    return c.precession * ufl.dot(cross(c.magnetization, u.v), w.v)


def spin_hall(u, w, c):
    """Zero for w = u: the Hall currents do no work."""
    of_charge = ufl.inner(hall_current(u.v, c), ufl.grad(w.phi))
    return -of_charge - ufl.inner(hall_spin_current(u.phi, c), ufl.grad(w.v))


def hall_current(v, c):
    """theta sigma eps_ija d_j v_a, shape (d,): the charge current that spin currents bring about."""
    components = range(v.ufl_shape[0])
    return c.spin_hall.conductivity * sum(_across(ufl.grad(v[k]), c.spin_hall.axes, k) for k in components)


def hall_spin_current(phi, c):
    """theta sigma eps_ija d_j phi, shape (n, d): row a is the flux of spin component a that a charge current brings about."""
    rows = (_across(ufl.grad(phi), c.spin_hall.axes, k) for k in range(c.spin_hall.axes.ufl_shape[0]))
    return c.spin_hall.conductivity * ufl.as_matrix([[row[i] for i in range(len(row))] for row in rows])


def _across(slope, axes, k):
    """slope x (axis k of spin), shape (d,). In 2D nothing varies along the third direction."""
    (d,) = slope.ufl_shape
    in_space = ufl.as_vector([slope[i] if i < d else ufl.as_ufl(0) for i in range(3)])
    axis = ufl.as_vector([axes[k, i] for i in range(3)])
    product = ufl.cross(in_space, axis)
    return ufl.as_vector([product[i] for i in range(d)])


def cross(a, b):
    """a x b in the spin basis. Along one axis, or within one plane where nobody asks for the third direction, it is zero."""
    return ufl.cross(a, b) if a.ufl_shape == (3,) else ufl.zero(a.ufl_shape)


def current_density(u, c):
    """j = -sigma grad phi - P sigma m . grad v + the Hall current, shape (d,), in the scaled unit."""
    j = c.conductivity * (electromotive(u, c) - ufl.grad(u.phi))
    return j if c.spin_hall is None else j + hall_current(u.v, c)


def electromotive(u, c):
    """What drives charge besides the field, -P m . grad v, shape (d,), in volts for each unit of the drawing."""
    return -c.polarization * slope_along(u.v, c)


def spin_current_density(u, c):
    """J_a = -sigma grad v_a - P sigma m_a grad phi + the Hall current, shape (n, d): row a is the flux of spin component a of the basis."""
    flux = -c.conductivity * (ufl.grad(u.v) + c.polarization * ufl.outer(c.magnetization, ufl.grad(u.phi)))
    return flux if c.spin_hall is None else flux + hall_spin_current(u.phi, c)
