"""A collinear device as resistors between spin-up and spin-down nodes: the bridge in which an imbalance of spins is a voltage.

At each terminal the electrochemical potentials of the two spins over e are V + v and V - v, and the currents (I + Is)/2 and (I - Is)/2.
What relaxes of the spin goes from one row of nodes to the other; nothing goes to the ground, since charge is conserved. So the symmetric
matrix of a LumpedElement is, along its axis, a net of resistors between these nodes and nothing else: as an arm of a Wheatstone bridge,
in which the device between two magnets is the detector (L. Berger, PRB 54, 9353 (1996); docs/physics.md, *The bridge*).
"""

from dataclasses import dataclass
from math import cosh, sinh

import numpy as np

from spinfem.theory.lumped_element import LumpedElement
from spinfem.theory.spice import checked_names

UP, DOWN = "up", "down"
_SAME = 1e-8  # of the largest conductance: what is solver's noise


@dataclass(frozen=True, eq=False)
class TwoChannels:
    """terminals: names; matrix: (2n, 2n), S, currents of both spins for their potentials, rows up and down of each terminal in turn."""

    terminals: tuple[str, ...]
    matrix: np.ndarray

    @property
    def nodes(self):
        """Names of the rows: left_up, left_down ..."""
        return tuple(f"{terminal}_{spin}" for terminal in self.terminals for spin in (UP, DOWN))

    def resistors(self):
        """Yields (node, node, ohm) for each pair of nodes that conducts. Those of one layer are all positive; others need not be."""
        smallest = _SAME * np.abs(self.matrix).max(initial=0.0)
        for i, first in enumerate(self.nodes):
            for j in range(i):
                if abs(self.matrix[i, j]) > smallest:
                    yield self.nodes[j], first, float(-1 / self.matrix[i, j])

    def subcircuit(self, name="bridge"):
        """The text of `.subckt NAME ...`, two nodes for each terminal. Raises ValueError where a name cannot be written in SPICE."""
        checked_names(name, self.terminals)
        lines = [
            "* Resistors between the electrochemical potentials of both spins, by spinfem: nodes _up and _down, in V.",
            "* A terminal whose spins relax at once joins its two nodes.",
            f".subckt {name} {' '.join(self.nodes)}",
            *(f"R_{first}_{second} {first} {second} {ohm!r}" for first, second, ohm in self.resistors()),
            f".ends {name}",
        ]
        return "\n".join(lines) + "\n"


def two_channels(element, axis) -> TwoChannels:
    """A LumpedElement as TwoChannels of the spins along `axis`, (3,).

    Raises ValueError where it is none: spins across the axis take part, charge is not conserved, or what goes one way does not come back.
    """
    axis = np.asarray(axis, dtype=float) / np.linalg.norm(axis)
    seen = [axes @ axis for axes in element.terminals.values()]
    n, width = element.n_charge, len(element.matrix)
    keep, start = np.zeros((width, 2 * n)), n
    for k, along in enumerate(seen):
        if abs(np.linalg.norm(along) - 1) > _SAME:
            raise ValueError(f"spins at {list(element.terminals)[k]} do not point along {axis.tolist()}")
        keep[k, 2 * k], keep[start : start + len(along), 2 * k + 1] = 1.0, along
        start += len(along)
    across = element.matrix @ keep - keep @ (keep.T @ element.matrix @ keep)
    if np.abs(across).max() > _SAME * element.size:
        raise ValueError(f"charge, or spins along {axis.tolist()}, drive spins across it")
    if not element.floats:
        raise ValueError("another terminal is held at a potential: the currents do not sum up to zero")
    if element.reciprocity_defect > _SAME:
        raise ValueError("its matrix is not symmetric")
    halves = np.kron(np.eye(n), [[0.5, 0.5], [0.5, -0.5]])
    return TwoChannels(tuple(element.terminals), halves.T @ keep.T @ element.matrix @ keep @ halves)


def layer(film, area, ends=("left", "right"), axis=(0, 0, 1)) -> LumpedElement:
    """A layer between two faces, whatever its thickness: exact.

    film: Film, polarized along `axis`; area: m^2. Of what mu_up, mu_down have in common, sigma_up mu_up + sigma_down mu_down is linear across it; their
    difference is a sum of exp(+-x/lambda) (Valet, Fert, PRB 48, 7099 (1993)).
    """
    p, x = film.polarization, film.thickness / film.spin_diffusion_length
    drift = film.conductivity * area / film.thickness * np.array([[1, -1], [-1, 1]])
    lost = film.conductivity * (1 - p**2) * area / film.spin_diffusion_length / sinh(x)
    relaxing = lost * np.array([[cosh(x), -1], [-1, cosh(x)]])
    matrix = np.kron([[1, p], [p, p**2]], drift) + np.kron([[0, 0], [0, 1]], relaxing)
    return LumpedElement(dict.fromkeys(ends, np.atleast_2d(axis)), matrix)


def contact(conductance, polarization, area, ends=("left", "right"), axis=(0, 0, 1)) -> LumpedElement:
    """A resistive contact of conductance G_up + G_down in S/m^2 and polarization (G_up - G_down)/(G_up + G_down)."""
    through = conductance * area * np.array([[1, -1], [-1, 1]])
    return LumpedElement(
        dict.fromkeys(ends, np.atleast_2d(axis)), np.kron([[1, polarization], [polarization, 1]], through)
    )
