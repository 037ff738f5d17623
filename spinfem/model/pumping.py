"""Magnets that precess pump spins: what lies behind their contacts is not v = 0 but what a magnet at rest would have in the frame that turns with it.

Seen from there, spins have the energy - hbar omega.S, and those at rest have the spin potential (hbar/2|e|) omega. A contact compares it, across m, with
that of the metal: for v_perp of the metal stands v_perp - w, w = (hbar/2|e|) [omega - (m.omega) m] = (hbar/2|e|) m x dm/dt. (Tserkovnyak, Brataas, Bauer,
Halperin, RMP 77, 1375 (2005); signs: docs/insulating_magnets.md.) So any law of a contact pumps as it conducts, whatever it is.

pumping: magnet -> its angular velocity, (3,) rad/s, as in a Drive.
"""

import numpy as np
import ufl
from dolfinx import fem

from spinfem.algebra.nodes import nodes_in_cells
from spinfem.constants import ANGULAR_MOMENTUM
from spinfem.model.linear_form import assembled

IN_VOLTS = -ANGULAR_MOMENTUM  # hbar/(2|e|): spin potential for each rad/s


def behind(problem, terminal, pumping):
    """w behind the contact of the magnet that covers a terminal, an expression (n,), V; None where nothing pumps."""
    given, coupling = pumping.get(terminal), problem.leads.get((terminal, "spin"))
    if given is None or not np.any(given) or coupling is None:
        return None
    m, own = coupling.facet.named["m"], coupling.facet.named.get("precession")
    omega = IN_VOLTS * np.asarray(given)
    factor = _multiple(omega, own and coupling.law.magnetization.angular_velocity)
    omega = factor * own if factor is not None else fem.Constant(problem.device.mesh, problem.basis @ omega)
    return omega - ufl.dot(m, omega) * m


def _multiple(omega, own):
    """omega, V, over what a magnet's own angular velocity makes, as a number; None where it is along another axis."""
    if own is None or not np.any(own):
        return None
    own = IN_VOLTS * np.array(own)
    factor = omega @ own / (own @ own)
    return float(factor) if np.allclose(omega, factor * own, rtol=0, atol=1e-12 * np.abs(omega).max()) else None


def shift(problem, region, pumping):
    """w of a ferromagnet as a Function, at the nodes of its cells, V; None where it does not pump. Collective."""
    given = pumping.get(region)
    if given is None or not np.any(given) or region not in problem.regions:
        return None
    nodes = np.flatnonzero(nodes_in_cells(problem.space, problem.device.cells_of(region)))
    m, omega = problem.axes_at(region, nodes), IN_VOLTS * (problem.basis @ np.asarray(given))
    function = fem.Function(problem.space)
    blocks = problem.layout.blocks(function.x.array)
    blocks[nodes] = problem.layout.of_spins(omega - (m @ omega)[:, None] * m)
    return function


def shifts(problem, pumping):
    """Name of an interface -> the Function that its magnets' pumping adds to the potentials which it sees. Collective."""
    found = {}
    for name in problem.interfaces:
        parts = [part for side in name.split("/") if (part := shift(problem, side, pumping)) is not None]
        if parts:
            found[name] = parts[0]
            for part in parts[1:]:
                found[name].x.array[:] += part.x.array
    return found


def load(problem, drive):
    """What pumping lets into each node, (owned nodes, size of a block), V times the operator's unit; None where nothing pumps. Collective."""
    total = None
    for name, omega in drive.pumping.items():
        size = float(np.linalg.norm(omega))
        if size and (part := _of_direction(problem, name, tuple(np.asarray(omega) / size))) is not None:
            total = size * part + (0.0 if total is None else total)
    return total


def _of_direction(problem, magnet, direction):
    """That of one magnet at 1 rad/s about an axis. It is kept: drives that change in time ask again and again."""
    key = magnet, tuple(float(f"{component:.15g}") for component in direction)
    if key not in problem.pumped:
        problem.pumped[key] = _assembled(problem, magnet, {magnet: np.array(direction)})
    return problem.pumped[key]


def _assembled(problem, magnet, pumping):
    forms = [-problem.interfaces[name].at(function) for name, function in shifts(problem, pumping).items()]
    if (w := behind(problem, magnet, pumping)) is not None:
        forms.append(problem.leads[magnet, "spin"].at(problem.layout.spins_alone(w)))
    if not forms:
        return None
    return assembled(problem, sum(forms[1:], forms[0]))
