"""What a magnet that moves loses by the spins that it pumps into the metals around it (docs/dynamics.md)."""

from dataclasses import dataclass

import numpy as np

from spinfem.case.magnetization.precessing import frame, precession
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.model.drive import Drive


@dataclass(frozen=True)
class BackAction:
    """Of k magnets, to be added to the right-hand side of the equation of motion: P D (m x dm/dt) - b dm/dt with P = 1 - m m, what is across m.

    damping: D, symmetric, (k, 3, 3), alpha' times the unit matrix where no direction is told from another; field_like: b, (k,), by G_i.
    """

    damping: np.ndarray
    field_like: np.ndarray

    def solved(self, m, turning, alpha):
        """dm/dt, (..., k, 3), of dm/dt = turning + alpha m x dm/dt and this; alpha (k, 1), `turning` across m."""
        across = np.eye(3) - m[..., :, None] * m[..., None, :]
        damping = alpha[..., None] * np.eye(3) + across @ self.damping @ across
        m_cross = np.cross(m[..., None, :], np.eye(3)).swapaxes(-1, -2)
        matrix = (1 + self.field_like)[:, None, None] * np.eye(3) - damping @ m_cross
        return np.linalg.solve(matrix, turning[..., None])[..., 0]


def back_action_of(simulation, moments) -> BackAction | None:
    """That of the magnets of a case with `dynamics` that ask for it, as it is at their start; None if none does. Collective. Raises SolveError.

    alpha' = gamma hbar^2 G/(4 e^2 M_s V) as in the observable `pumping_damping`, with the G of the two axes across m; along the start, where nothing
    is known, D has their mean.
    """
    asking = [magnet.pumping for magnet in simulation.case.dynamics.magnets.values()]
    if not any(asking):
        return None
    damping, field_like = np.zeros((len(asking), 3, 3)), np.zeros(len(asking))
    for k in np.flatnonzero(asking):
        m = moments.start[k]
        factor = moments.gamma[k] * ANGULAR_MOMENTUM**2 / moments.moment[k]
        found = factor * conductances(simulation, moments.names[k], m)
        axes, even = np.array(frame(m)), (found + found.T) / 2
        damping[k] = axes.T @ even @ axes + np.trace(even) / 2 * np.outer(m, m)
        field_like[k] = (found[1, 0] - found[0, 1]) / 2
    return BackAction(damping, field_like)


def conductances(simulation, magnet, m):
    """G, (2, 2), S: the spin current that a magnet along m loses along each of two axes across m, for a unit of spin potential behind its contact along each of
    them; the axes, `frame(m)`, and m are right-handed. Collective."""
    axes, columns = frame(m), []
    for axis in axes:
        turning = precession(m, axis)
        lost = simulation.solution({magnet: turning}, Drive(pumping={magnet: axis})).absorbed(magnet) / ANGULAR_MOMENTUM
        columns.append([lost @ a for a in axes])
    return np.array(columns).T
