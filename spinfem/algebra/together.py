"""Many right-hand sides at once, as the columns of an array (local rows, k): what a matrix or its factors have in memory is read once for all of them."""

from collections import deque

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

_KEPT = 30  # directions
_NOISE = 1e-8  # of a direction: what is left of it is rounding


def times_columns(matrix, columns, transposed=False):
    """A X, or Aᵀ X, an array, of a PETSc matrix and an array. Collective."""
    if matrix.getType() == PETSc.Mat.Type.PYTHON:
        return matrix.getPythonContext().times_columns(columns, transposed)
    product = (matrix.transposeMatMult if transposed else matrix.matMult)(_dense(matrix.comm, columns))
    return product.getDenseArray().copy()  # while there is the matrix that has it


def apply_to_columns(preconditioner, columns):
    """What a PETSc preconditioner makes of each column, an array. Collective."""
    given, found = (_dense(preconditioner.comm, array) for array in (columns, np.zeros_like(columns)))
    preconditioner.matApply(given, found)
    return found.getDenseArray().copy()


def one_by_one(apply, matrix, columns):
    """What apply(b, x) makes of each column, an array; matrix: one with such vectors. Collective."""
    found, (x, b) = np.empty_like(columns), matrix.createVecs()
    for k, column in enumerate(columns.T):
        b.array[:] = column
        apply(b, x)
        found[:, k] = x.array_r
    return found


def conjugate_gradients(multiply, precondition, loads, comm, tolerance, steps, settled=0.0):
    """(X, relative residuals) with A X about `loads`, every column by itself; A symmetric and positive. Collective.

    multiply, precondition: functions of such arrays. A column is left alone when its residual is below `tolerance` of its load, one number or one for
    each column, or a step adds less than `settled` to its energy; `steps`: at most.
    """
    found, rest, energy = np.zeros_like(loads), loads.copy(), 0.0
    sizes = np.sqrt(_dot(comm, loads, loads))
    relative = (sizes > 0).astype(float)
    step, old = np.zeros_like(loads), None
    for _ in range(steps):
        going = relative > tolerance
        if not going.any():
            break
        better = precondition(rest)
        new = _dot(comm, rest, better)
        step = better if old is None else better + _ratio(new, old) * step
        image = multiply(step)
        length = going * _ratio(new, _dot(comm, step, image))
        found += length * step
        rest -= length * image
        old, energy = new, energy + length * new
        relative = _ratio(np.sqrt(_dot(comm, rest, rest)), sizes) * (length * new > settled * energy)
    return found, relative


def minimal_residuals(multiply, precondition, loads, comm, tolerance, steps):
    """The same for any A, by generalized conjugate residuals: each step makes the residual as small as it can be with the last `_KEPT` directions.
    Collective."""
    found, rest, kept = np.zeros_like(loads), loads.copy(), deque(maxlen=_KEPT)
    sizes = np.sqrt(_dot(comm, loads, loads))
    relative = (sizes > 0).astype(float)
    for _ in range(steps):
        going = relative > tolerance
        if not going.any():
            break
        step = precondition(rest)
        image = multiply(step)
        for other, its_image in kept:
            along = _dot(comm, its_image, image)
            step -= along * other
            image -= along * its_image
        length = np.sqrt(_dot(comm, image, image))
        step, image = (array * _ratio(np.ones_like(length), length) for array in (step, image))
        kept.append((step, image))
        along = going * _dot(comm, image, rest)
        found += along * step
        rest -= along * image
        relative = _ratio(np.sqrt(_dot(comm, rest, rest)), sizes)
    return found, relative


def least_left(multiply, directions, loads, comm):
    """(X, loads - A X), the combinations of `directions`, arrays like `loads`, of which A leaves least of each column. Collective.

    Nearly parallel ones, solutions of neighbouring operators, make combinations that extrapolate them.
    """
    found, rest, kept = np.zeros_like(loads), loads.copy(), []
    for direction in directions:
        step, image = direction, multiply(direction)
        whole = column_norms(comm, image)
        for _ in range(2):  # once leaves the rounding of what was alike
            for other, its_image in kept:
                along = _dot(comm, its_image, image)
                step, image = step - along * other, image - along * its_image
        length = column_norms(comm, image)
        factor = (length > _NOISE * whole) * _ratio(np.ones_like(length), length)
        step, image = step * factor, image * factor
        kept.append((step, image))
        along = _dot(comm, image, rest)
        found += along * step
        rest -= along * image
    return found, rest


def column_norms(comm, columns):
    """The norm of each column, over all ranks."""
    return np.sqrt(_dot(comm, columns, columns))


def _dot(comm, first, second):
    return comm.allreduce(np.einsum("nk,nk->k", first, second), op=MPI.SUM)


def _ratio(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


def _dense(comm, columns):
    rows, count = columns.shape
    return PETSc.Mat().createDense(((rows, None), (None, count)), array=np.asfortranarray(columns), comm=comm)
