"""Work that may fail on one rank, without the other ranks waiting for ever."""


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


def on_all(comm, work):
    """The result of `work()` on each rank, which is not collective itself; what goes wrong on one is raised on every rank. Collective."""
    result = problem = None
    try:
        result = work()
    except Exception as caught:
        problem = caught
    problem = next((found for found in comm.allgather(problem) if found is not None), None)
    if problem is not None:
        raise problem
    return result
