"""Work that only rank 0 does, without the other ranks waiting for ever when it fails."""


def on_root(comm, work):
    """The result of `work()` on rank 0, None on the others; what goes wrong is raised on every rank. Collective."""
    result = problem = None
    if comm.rank == 0:
        try:
            result = work()
        except Exception as caught:
            problem = caught
    problem = comm.bcast(problem, root=0)
    if problem is not None:
        raise problem
    return result
