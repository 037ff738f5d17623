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
    largest = max(reading.largest_current(problem.layout) for reading in readings.values())
    rest = operator.rest(reaction, problem.loads(drive)[0])
    of_spins = operator.totals[problem.layout.fields[problem.layout.SPIN]]
    lost = siemens * max(abs(rest.dot(of_free)) for _, of_free in of_spins)
    flow = siemens * comm.allreduce(_spin_flow(problem.layout, of_spins, full, reaction), op=MPI.SUM)
    return Balance(
        _relative(abs(sum(currents)), largest, noise), _relative(lost, max(flow, _LEAST_SPINS * largest), noise)
    )


def _spin_flow(layout, totals, full, reaction):
    """Magnitudes of what enters, is absorbed or is lost, added up over this rank's nodes and the spin components."""
    passing = [reaction.array, *(total.array * full.array for total, _ in totals)]
    return float(sum(np.abs(layout.spin(layout.blocks(array))).sum() for array in passing))


def _relative(size, flow, noise):
    return size / flow if flow > noise else 0.0 if np.isfinite(size) else np.inf
