"""Does a solution keep its charge and its spin?

Charge: what all terminals let in adds up to zero. Spin: what enters through terminals is what relaxes (in metals and in interfaces with
spin memory loss), what weak magnets turn and dephase, and what strong magnets absorb across m. For a constant test function the form
leaves of each spin component nothing but these losses, so the reactions r = A x sum up to them whatever x is, and those at terminals and across m at
strong magnets are what enters and what is absorbed. The balance is therefore kept exactly as well as the rest vanishes: the
reactions at nodes, or along m, where the spin potential is free. A residual that is small next to the charge can be large next to the spins.
"""

from dataclasses import dataclass

import numpy as np
from mpi4py import MPI

from spinfem.algebra.limits import CHARGE, GOOD, POOR, SPIN
from spinfem.algebra.solver import SolveError

_LEAST_SPINS = 1e-3  # of the charge current: fewer spins than that are counted against it
_ROUNDING = 10 * np.finfo(float).eps


@dataclass(frozen=True)
class Balance:
    """What is lost on the way, relative to what flows; zero where no more than the solver's noise flows."""

    charge: float = 0.0
    spin: float = 0.0

    def judged(self, history=()):
        """Raises SolveError where a balance is poor; returns what to warn of otherwise, a sentence each."""
        doubts = []
        for what, size, limits in (("charge", self.charge, CHARGE), ("spin", self.spin, SPIN)):
            verdict, words = limits.verdict(size), f"the solution conserves {what} to {size:.1e} of the drive only"
            if verdict == POOR:
                raise SolveError(f"{words} (at most {limits.fair:.0e} is accepted)", list(history))
            if verdict != GOOD:
                doubts.append(f"{words}: its numbers are less exact than they look")
        return doubts


def balance(problem, operator, drive, solved, readings):
    """The Balance of what `operator.solve` gave (`solved`) under a Drive, with the TerminalReadings of it. Collective."""
    full, reaction, report = solved
    siemens, comm = problem.siemens, problem.device.mesh.comm
    noise = operator.tolerance * np.sqrt(operator.constraints.n_free) * report.load
    noise = siemens * (noise + _ROUNDING * operator.size * full.norm())
    currents = [reading.current for reading in readings.values()]
    largest = max(abs(current) for r in readings.values() for current in (r.current, *r.spin_current))
    rest = operator.rest(reaction, problem.loads(drive)[0])
    lost = siemens * max(abs(rest.dot(of_free)) for _, of_free in operator.totals[1:])
    flow = siemens * comm.allreduce(_spin_flow(operator, full, reaction), op=MPI.SUM)
    return Balance(
        _relative(abs(sum(currents)), largest, noise), _relative(lost, max(flow, _LEAST_SPINS * largest), noise)
    )


def _spin_flow(operator, full, reaction):
    """Magnitudes of what enters, is absorbed or is lost, added up over this rank's nodes and the spin components."""
    block = len(operator.totals)
    passing = np.abs(reaction.array).reshape(-1, block)[:, 1:].sum()
    lost = sum(np.abs(total.array * full.array).reshape(-1, block)[:, 1:].sum() for total, _ in operator.totals[1:])
    return float(passing + lost)


def _relative(size, flow, noise):
    return size / flow if flow > noise else 0.0 if np.isfinite(size) else np.inf
