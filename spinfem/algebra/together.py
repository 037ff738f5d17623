"""Many right-hand sides at once, as the columns of an array (local rows, k): what a matrix or its factors have in memory is read once for all of them."""

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc


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


def conjugate_gradients(multiply, precondition, loads, comm, tolerance, steps):
    """(X, relative residuals) with A X about `loads`, every column by itself; A symmetric and positive. Collective.

    multiply, precondition: functions of such arrays. A column is left alone when its residual is below `tolerance` of its load; `steps`: at most.
    """
    found, rest = np.zeros_like(loads), loads.copy()
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
        old = new
        relative = _ratio(np.sqrt(_dot(comm, rest, rest)), sizes)
    return found, relative


def _dot(comm, first, second):
    return comm.allreduce(np.einsum("nk,nk->k", first, second), op=MPI.SUM)


def _ratio(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


def _dense(comm, columns):
    rows, count = columns.shape
    return PETSc.Mat().createDense(((rows, None), (None, count)), array=np.asfortranarray(columns), comm=comm)
