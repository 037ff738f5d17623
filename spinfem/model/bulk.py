"""The physics of the bulk: the sum of its terms (`spinfem/model/terms/`), each a file of its own (docs/physics.md, section 2)."""

import numpy as np
import ufl

from spinfem.model.coefficients import numbers_of
from spinfem.model.flow import Flow


def bulk_flow(arguments, layout, c, degree, terms, point=None):
    """The Flow in the cells, with the Coefficients `c`, for the trial and test functions `arguments`, of `terms`; `degree` is that of the potentials. point:
    the state, a Function, at which terms that are not linear have their derivatives."""
    if all(term.linear for term in terms):
        point = None
    return Flow.of(lambda u, w: _form(layout.split(u), layout.split(w), c, degree, terms), arguments, point)


def _form(u, w, c, degree, terms):
    mesh = ufl.domain.extract_unique_domain(c.region_weight)
    texture = ufl.algorithms.estimate_total_polynomial_degree(c.magnetization)

    def dx(term):
        # Without saying so everything would be integrated as expensively as what needs it most.
        return ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": term.quadrature_degree(degree, texture)})

    return sum(c.region_weight * term.integrand(u, w, c) * dx(term) for term in terms)


def bulk_tensors(regions, layout, terms, scale):
    """Of a list of Regions: (coefficients of the gradients and of the potentials in each region, (2, regions, size, size), the terms that they do not hold)."""
    total, left = np.zeros((2, len(regions), layout.size, layout.size)), []
    for term in terms:
        found = [term.tensors(numbers_of(r, (term,), scale), _direction(r, layout), layout.basis) for r in regions]
        if any(tensors is None for tensors in found):
            left.append(term)
            continue
        for k, tensors in enumerate(found):
            for number, kind in enumerate(("stiffness", "mass")):
                if kind in tensors:
                    total[number, k] += layout.matrix(tensors[kind])
    return total, left


def capacity_tensors(regions, layout, terms, scale):
    """Of a list of Regions: what multiplies the rates of the potentials in each, (regions, size, size), in s."""
    total = np.zeros((len(regions), layout.size, layout.size))
    for term in terms:
        for k, region in enumerate(regions):
            if (tensor := term.capacity(region, scale)) is not None:
                total[k] += layout.matrix(tensor)
    return total


def _direction(region, layout):
    """m in the spin basis, (n,), zero in a normal metal; None for a texture."""
    if region.magnetization is None:
        return np.zeros(layout.n_spin)
    return layout.basis @ region.magnetization.direction if region.magnetization.uniform else None


def current_density(u, c):
    """j, shape (d,), in the scaled unit."""
    return _total(term.charge_current(u, c) for term in c.terms)


def spin_current_density(u, c):
    """J, shape (n, d), in the scaled unit: row a is the flux of spin component a of the basis."""
    along = [ufl.outer(c.magnetization, part) for term in c.terms if (part := term.current_along(u, c)) is not None]
    return _total([*(term.spin_current(u, c) for term in c.terms), *along])


def turned(u, c):
    """-(f.grad) m, shape (n,): the spin current that f, what the form has along m only, loses for each volume as m turns, in the scaled unit.

    That of the drift, f = - P sigma grad phi: L. Berger, J. Appl. Phys. 55, 1954 (1984).
    """
    return -ufl.dot(ufl.grad(c.magnetization), _total(term.current_along(u, c) for term in c.terms))


def scalar_current_density(name, u, c):
    """What flows of a scalar field, shape (d,), in the scaled unit; None: no term says it."""
    return _total(term.scalar_currents(u, c).get(name) for term in c.terms)


def scalar_loss(name, u, c):
    """What is lost of a scalar field for each volume, in the scaled unit; None: nothing."""
    return _total(term.scalar_losses(u, c).get(name) for term in c.terms)


def given_to_lattice(u, c):
    """Spin that relaxes for each volume, shape (n,), in the scaled unit."""
    return _total(term.given_to_lattice(u, c) for term in c.terms)


def given_to_magnets(u, c):
    """Spin that weak ferromagnets take for each volume, shape (n,), in the scaled unit; None where there are none."""
    return _total(term.given_to_magnet(u, c) for term in c.terms)


def powers(u, c):
    """Name -> power for each volume that goes into heat, in the scaled unit."""
    names = dict.fromkeys(term.dissipates for term in c.terms if term.dissipates)
    return {name: _total(term.work(u, c) for term in c.terms if term.dissipates == name) for name in names}


def _total(parts):
    """The sum of what there is, None of nothing."""
    parts = [part for part in parts if part is not None]
    return sum(parts[1:], parts[0]) if parts else None
