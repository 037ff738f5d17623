"""How strong magnets share the spin current that arrives where they touch.

At a node of several magnets rho arrives (A, a vector in spin space), and each of them can take up spins across its own m only:
rho = sum of t_a with t_a . m_a = 0. A small normal metal between them would decide it: joined to each by a good contact, of conductance G,
it is at a spin potential v, and the magnet a takes up G v across m_a. With lambda = G v, which stays finite as G -> infinity and v -> 0,

    t_a = P_a lambda,     (sum_a P_a) lambda = rho,     P_a = 1 - m_a m_a^T

which of all such t_a are the shortest ones. One magnet takes rho across m. Two at an angle theta have no choice within their plane: for equal magnets on
a line |t_1| = |t_2| = P j tan(theta/2), the limit of every resistive contact and of a spacer that vanishes; what is normal to both they halve.
Collinear ones halve what crosses their axis; nothing along it is left over, since s there was solved from just that.
"""

import numpy as np

from spinfem.model.constraints import COLLINEAR


def first_share(magnets, arriving):
    """t_1, (k, n), at k nodes; magnets: their m, each (k, n), the one in question first; arriving: rho, (k, n).

    What no magnet can take, along an axis common to all of them, is left out.
    """
    return np.einsum("kij,kj->ki", first_shares(magnets), arriving)


def first_shares(magnets):
    """The matrices, (k, n, n), that make t_1 of rho at each node."""
    first, *others = magnets
    if not others:
        return np.eye(first.shape[1]) - first[:, :, None] * first[:, None, :]
    bases = [_across(m) for m in magnets]  # not P_a, whose rounding errors a small angle would blow up
    left, sizes, right = np.linalg.svd(np.concatenate(bases, axis=2), full_matrices=False)
    able = sizes > COLLINEAR / np.sqrt(2)  # for two at a small angle the smallest size is that angle over sqrt 2
    inverse = np.where(able, 1 / np.where(able, sizes, 1.0), 0.0)
    through = np.einsum("kli,kai,ka->kla", bases[0], right[:, :, : bases[0].shape[2]], inverse)
    return through @ left.transpose(0, 2, 1)


def _across(m):
    """An orthonormal basis of the directions across m, (k, n) -> (k, n, n - 1): its columns."""
    return np.linalg.svd(m[:, None, :]).Vh[:, 1:].transpose(0, 2, 1)
