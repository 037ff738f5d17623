"""From a case to its result."""

from mpi4py import MPI

from spinfem.api.result import Result
from spinfem.study.run import run
from spinfem.study.session import Session


def solve(case, session=None, comm=MPI.COMM_WORLD, progress=lambda what: None):
    """The Result of a Case: mesh, solve, measure, estimate errors. Collective.

    session: a `spinfem.Session` that keeps the last mesh and operators for the next case; its communicator is used. comm: on which ranks
    to work, without a session. progress: is called with a few words on what happens now, e.g. print.

    Raises CaseError (a point lies outside the device, a drawing that cannot be meshed) or SolveError.
    """
    return Result(case, run(case, session or Session(comm), progress))
