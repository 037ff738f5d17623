"""What is preconditioned in place of a FullOperator.

Where its fields are strongly coupled the first one follows the others (`elimination`), and in three dimensions what turns is made steady.
"""

import numpy as np
from mpi4py import MPI

from spinfem.algebra.elimination import by_nodes, coupling, eliminated, of_unknowns
from spinfem.algebra.preconditioners import worth_factors

_STRONG = 0.5  # coupling, P²: with less, sweeps over the fields as they are take no more time
_SLOW = 0.25  # turning for each rate of loss that needs no care


def prepare(full, constraints, own, dimension, symmetric):
    """What a FullOperator under constraints is preconditioned with; own: field -> its block. Collective. Returns

    field -> the block that its preconditioner is made for; what `following` says; will other operators, as those of other fields, use the same ones?
    """
    apart = left = full
    along = {}
    if coupling(full.tensors, full.fields) > _STRONG:
        apart = uncoupled_where_held(full, constraints)
        left = apart.with_tensors(eliminated(apart.tensors, apart.fields))
        along = following(apart, constraints, symmetric)
    turning = dimension == 3 and turns(left)
    if turning:
        left = steadied(left, factored=all(worth_factors(block) for block in own.values()))
    if left in (full, apart):
        return own, along, turning
    blocks = left.blocks(constraints, within=True)
    return {name: blocks[name, name] for name in own}, along, turning


def uncoupled_where_held(full, constraints):
    """A FullOperator without the couplings of the first field in classes of cells that have nodes where it is held and others are not, since it cannot follow
    there. Collective."""
    (first, place), *others = full.fields.items()

    def free(name):
        rows = constraints.of_one_node(name, full.fields[name], full.block)
        return np.asarray(abs(rows).sum(axis=1)).reshape(full.cells.n_owned, -1).any(axis=1)

    held = ~free(first) & np.any([free(name) for name, _ in others], axis=0)
    classes = full.cells.comm.allreduce(full.cells.classes_at(held), op=MPI.SUM)
    tensors = full.tensors.copy()
    tensors[:, classes, place, place.stop :] = tensors[:, classes, place.stop :, place] = 0.0
    return full.with_tensors(tensors)


def following(full, constraints, symmetric):
    """Field -> (D, E) for each that the first one is coupled to: what stands for a⁻¹b and for (c a⁻¹)ᵀ of `elimination`, scipy matrices, this rank's free
    unknowns of the first field x those of that one. Unknowns that many nodes share have no part in it. Collective."""
    (first, place), *others = full.fields.items()
    rows = {name: constraints.of_one_node(name, full.fields[name], full.block) for name in full.fields}
    sizes, found = {name: numbers.getSize() for name, numbers in constraints.fields.items()}, {}
    for name, components in others:
        if sizes[first] and sizes[name] and full.couples(place, components):
            made = [
                of_unknowns(_ratios(full, place.start, components, transposed), rows[first], rows[name])
                for transposed in ((False,) if symmetric else (False, True))
            ]
            found[name] = made[0], made[-1]
    return found


def _ratios(full, first, others, transposed):
    """As of `by_nodes`; first: a component, others: a slice of them."""
    a, *b = (full.between(first, k, transposed) for k in (first, *range(others.start, others.stop)))
    return by_nodes(a, b, full.diagonal(first), full.cells.comm)


def turns(full):
    """Has some mass a skew part, as where spins turn?"""
    return _skew(full.tensors[1]).any()


def steadied(full, factored):
    """The FullOperator to precondition with, where spins turn.

    A mode with stiffness + mass k that turns by w is prepared as k + w: (k + i w)/(k + w) lies on the line from 1 to i however large w is, and multigrid
    works on what is symmetric. Where the block will be `factored` it may go on turning. w is rounded to steps of a factor 4, which changes little:
    fields that are not far apart share what is made of it.
    """
    mass = full.tensors[1]
    skew = _skew(mass)
    even = mass - skew
    size = np.abs(even).max(axis=(-2, -1))
    rounded = _rounded if factored else _magnitude
    tensors = full.tensors.copy()
    tensors[1] = even + np.array([rounded(s, unit) for s, unit in zip(skew, size, strict=True)])
    return full.with_tensors(tensors)


def _skew(mass):
    return (mass - mass.swapaxes(-1, -2)) / 2


def _magnitude(skew, unit):
    """(SᵀS)^½ of a skew matrix S, rounded."""
    squares, vectors = np.linalg.eigh(skew.T @ skew)
    return (vectors * _in_steps(np.sqrt(np.maximum(squares, 0.0)), unit)) @ vectors.T


def _rounded(skew, unit):
    """A skew matrix of the same direction, its size rounded."""
    size = np.linalg.norm(skew) / np.sqrt(2)
    return skew * (_in_steps(np.array([size]), unit) / size) if size else skew


def _in_steps(sizes, unit):
    """In steps of 4 from a quarter of `unit` on; what is smaller is nothing."""
    sizes = sizes / unit
    large = sizes > _SLOW
    sizes[large] = 4.0 ** np.round(np.log(sizes[large]) / np.log(4.0))
    return unit * sizes * large
