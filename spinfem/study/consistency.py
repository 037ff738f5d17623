"""What textures hide from elements of one degree more.

Where m turns within a cell, v = s m holds at the nodes alone: elements of one degree more hold it at other ones, and know m better. So what is
there is none of theirs, and two things add to the error that their other functions see: what is nearest to it among them is another function,
and that one leaves a residual on all of them.
"""

import numpy as np

from spinfem.postprocessing.functional import through_region


def turns(problem) -> bool:
    """Has one of the magnets of a Problem a texture?"""
    return any(r.magnetization is not None and not r.magnetization.uniform for r in problem.regions.values())


def confined(problem, owned, values=None):
    """(what keeps the constraints of a Problem and is nearest to values at the owned nodes, flat; that minus these). values: of prescribed columns, by name.
    Collective."""
    nearest = problem.constraints.nearest(owned, values or {})
    return nearest, nearest - owned


def misfit(reading, adjoint, lifted, raised, lifted_adjoint) -> float:
    """By how much a number changes, and its residual counts, as its Solution becomes `lifted`, what is nearest to it in elements of one degree more.
    Collective.

    raised: the Dual of the Reading there, with the weights of reactions and regions that it has here; adjoint, lifted_adjoint: its adjoint solution
    here and there, at the owned nodes.
    """
    there = reading.dual(lifted)  # which tests reactions with functions that more nodes have made shorter
    change = reading.value(lifted) - reading.value(reading.solution)
    change += _sum(lifted, (raised.reactions - there.reactions) * lifted.reactions)
    for region, weights in raised.regional.items():
        flow = lifted.problem.siemens * through_region(lifted.problem, region, lifted.potentials)
        change += _sum(lifted, (weights - there.regional[region]) * flow)
    return change - _through(lifted, lifted_adjoint) + _through(reading.solution, adjoint)


def _through(solution, adjoint):
    return _sum(solution, np.reshape(adjoint, solution.reactions.shape) * solution.reactions)


def _sum(solution, terms):
    return solution.comm.allreduce(float(np.sum(terms)))
