"""A device seen from its terminals alone: a matrix of conductances, and what can be built of such matrices.

At terminal t the charge potential V_t and the spin potential v_t are given; the charge current I_t and the spin current Is_t enter the
device: (I, Is) = G (V, v), all of it in S (Bazaliy, Ramazashvili, PRB 99, 184443 (2019); docs/physics.md, section 9). In another part of
a circuit the same terminal has the same potentials and the opposite currents, so elements are joined as resistors are.

Rows and columns: the charge of every terminal, then the spins of every terminal along its *axes*. A terminal on a normal metal has
three (x, y, z). A terminal on a strong ferromagnet has one, m: spins across m are the magnet's, no circuit feeds them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_SAME = 1e-8  # sine of the angle below which two axes are one
_FLOATS = 1e-8  # shift defect of a device that floats, solved to a tolerance
_XYZ = np.eye(3)


@dataclass(frozen=True, eq=False)  # arrays have no one truth value
class LumpedElement:
    """terminals: name -> spin axes, orthonormal, (k, 3) with k from 0 to 3; or names alone, which have x, y, z. matrix: (N, N), S.

    Raises ValueError where the two do not fit.
    """

    terminals: Mapping
    matrix: np.ndarray

    def __post_init__(self):
        given = self.terminals if isinstance(self.terminals, Mapping) else dict.fromkeys(self.terminals, _XYZ)
        terminals = {name: np.asarray(axes, dtype=float).reshape(-1, 3) for name, axes in given.items()}
        for name, axes in terminals.items():
            if len(axes) > 3 or not np.allclose(axes @ axes.T, np.eye(len(axes)), atol=_SAME):
                raise ValueError(
                    f"{name}: the spin axes must be at most three orthonormal vectors, not {axes.tolist()}"
                )
        size = sum(1 + len(axes) for axes in terminals.values())
        matrix = np.asarray(self.matrix, dtype=float)
        if matrix.shape != (size, size) or not np.isfinite(matrix).all():
            raise ValueError(
                f"the terminals {', '.join(terminals)} need a matrix of {size} x {size} numbers, not {matrix.shape}"
            )
        object.__setattr__(self, "terminals", terminals)
        object.__setattr__(self, "matrix", matrix)

    @property
    def n_charge(self) -> int:
        """Rows of charge; the rows of spin follow."""
        return len(self.terminals)

    @property
    def nodes(self):
        """(terminal, spin axis by name, or None for charge) of each row."""
        spins = [(name, axis) for name, axes in self.terminals.items() for axis in axis_names(axes)]
        return [(name, None) for name in self.terminals] + spins

    @property
    def potentials(self):
        """Names of the columns: V(left), v_x(left)."""
        return tuple(f"V({name})" if axis is None else f"v_{axis}({name})" for name, axis in self.nodes)

    @property
    def currents(self):
        """Names of the rows: I(left), Is_x(left)."""
        return tuple(f"I({name})" if axis is None else f"Is_{axis}({name})" for name, axis in self.nodes)

    @property
    def size(self):
        """The largest entry, S: what defects are relative to."""
        return float(np.abs(self.matrix).max(initial=0.0)) or 1.0

    @property
    def reciprocity_defect(self):
        """max |G - G^T| / max |G|: zero where nothing turns spins about a magnetization or a field, or couples them to orbits."""
        return float(np.abs(self.matrix - self.matrix.T).max()) / self.size

    def onsager_defect(self, reversed_element):
        """max |G - e G'^T e| / max |G|, G' that of all magnetizations and fields reversed; e: +1 for charge, -1 for spin.

        Time reversal turns magnetizations, fields and spin potentials, so L_ab(M, B) = e_a e_b L_ba(-M, -B).
        """
        e = self._parity
        return float(np.abs(self.matrix - e[:, None] * reversed_element.matrix.T * e).max()) / self.size

    @property
    def shift_defect(self):
        """Largest current that a common shift of all V drives, over max |G|: zero where no other terminal is held at a potential."""
        return float(np.abs(self.matrix[:, : self.n_charge].sum(axis=1)).max()) / self.size

    @property
    def smallest_eigenvalue(self) -> float:
        """Of the symmetric part, S, a common shift of all V left out if it drives nothing. Negative would be a source of power."""
        symmetric = (self.matrix + self.matrix.T) / 2
        if self.floats:
            shift = np.r_[np.ones(self.n_charge), np.zeros(len(symmetric) - self.n_charge)]
            symmetric = symmetric + self.size * np.outer(shift, shift)
        return float(np.linalg.eigvalsh(symmetric)[0])

    @property
    def floats(self):
        """Do only differences of V drive currents? Otherwise another terminal is held at a potential."""
        return self.shift_defect < _FLOATS

    def reduced(self, matrix=None):
        """The matrix (this one's; or another one of its shape) without the charge of the last terminal, from which the other V
        count: (4n - 1, 4n - 1) for normal metals.

        Its row and column follow from charge conservation. Of a symmetric one (m, m), m (m + 1)/2 numbers are independent: 28 for two
        terminals.
        """
        kept = np.delete(np.arange(len(self.matrix)), self.n_charge - 1)
        return (self.matrix if matrix is None else matrix)[np.ix_(kept, kept)]

    @property
    def reduced_names(self):
        """(rows, columns) of `reduced`: I(left), Is_x(left) ...; V(left)-V(right), v_x(left) ..."""
        last, n = list(self.terminals)[-1], self.n_charge
        differences = tuple(f"{name}-V({last})" for name in self.potentials[: n - 1])
        return self.currents[: n - 1] + self.currents[n:], differences + self.potentials[n:]

    def in_space(self):
        """The matrix (4n, 4n) with x, y, z at every terminal: zero rows and columns across m on ferromagnets."""
        lift = self._map(dict.fromkeys(self.terminals, _XYZ))
        return lift.T @ self.matrix @ lift

    def renamed(self, names):
        """The same element with other names of terminals, old -> new."""
        self._known(names)
        return LumpedElement(self._distinct([names.get(t, t) for t in self.terminals]), self.matrix)

    def opened(self, *terminals):
        """The element whose `terminals` are left open: neither charge nor spin enters there (Kron reduction)."""
        self._known(terminals)
        left = {name: axes for name, axes in self.terminals.items() if name not in terminals}
        if not left:
            raise ValueError("at least one terminal must remain")
        open_ = np.array([name in terminals for name, _ in self.nodes])
        kept, gone = np.flatnonzero(~open_), np.flatnonzero(open_)
        inner = self.matrix[np.ix_(gone, gone)]
        # A part without any other contact has no potential of its own: least squares, not an inverse.
        follows = np.linalg.lstsq(inner, self.matrix[np.ix_(gone, kept)], rcond=None)[0]
        return LumpedElement(left, self.matrix[np.ix_(kept, kept)] - self.matrix[np.ix_(kept, gone)] @ follows)

    def joined(self, other, contacts):
        """One element of two, connected where `contacts` (my terminal -> theirs) says; connected terminals have no way out.

        Where a normal metal meets a strong ferromagnet, v is along m and the magnet takes up the spin current across m; where two magnets
        meet that are not collinear, v = 0. Raises ValueError where a name is unknown or would stand for two terminals.
        """
        self._known(contacts)
        other._known(contacts.values())
        if len(set(contacts.values())) < len(contacts):
            raise ValueError("each terminal can be connected once")
        theirs = {t: ("joint", mine) for mine, t in contacts.items()}
        ours = {mine: ("joint", mine) for mine in contacts}
        both = (set(self.terminals) - set(ours)) & (set(other.terminals) - set(theirs))
        if both:
            raise ValueError(f"both have a terminal {', '.join(sorted(both))}: rename one of them first")
        axes = {ours.get(t, t): a for t, a in self.terminals.items()}
        for name, a in other.terminals.items():
            key = theirs.get(name, name)
            axes[key] = _common(axes[key], a) if name in theirs else a
        lifts = (self, self._map(axes, ours)), (other, other._map(axes, theirs))
        total = np.sum([lift.T @ element.matrix @ lift for element, lift in lifts], axis=0)
        return LumpedElement(axes, total).opened(*ours.values())

    def to_json(self) -> str:
        """Text that `from_json` reads."""
        terminals = {name: {"spin_axes": axes.tolist()} for name, axes in self.terminals.items()}
        rows = ",\n  ".join(json.dumps(row) for row in self.matrix.tolist())
        head = json.dumps({"terminals": terminals, "rows": self.currents, "columns": self.potentials, "unit": "S"})
        return f'{head[:-1]}, "matrix": [\n  {rows}\n]}}\n'

    @classmethod
    def from_json(cls, text):
        """The element that `to_json` wrote. Raises ValueError."""
        try:
            given = json.loads(text)
            terminals = {name: entry["spin_axes"] for name, entry in given["terminals"].items()}
            unit, matrix = given["unit"], given["matrix"]
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"this is no lumped element: {type(error).__name__}: {error}") from None
        if unit != "S":
            raise ValueError(f"the matrix of a lumped element is in S, not {unit}")
        return cls(terminals, matrix)

    @classmethod
    def read(cls, path):
        """The element in a JSON file. Raises ValueError, OSError."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))

    def write(self, path) -> None:
        """Write the element as a JSON file."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @property
    def _parity(self):
        return np.array([1.0 if axis is None else -1.0 for _, axis in self.nodes])

    def _known(self, names):
        for name in names:
            if name not in self.terminals:
                raise ValueError(f"{name} is not a terminal; there are: {', '.join(map(str, self.terminals))}")

    def _distinct(self, names):
        if len(set(names)) < len(names):
            raise ValueError("two terminals cannot have one name")
        return dict(zip(names, self.terminals.values(), strict=True))

    def _map(self, axes, alias=None):
        """From the potentials of terminals with other names and `axes` to those of this element, (N, M)."""
        alias = alias or {}
        target = LumpedElement(axes, np.zeros((sum(1 + len(a) for a in axes.values()),) * 2))
        lift = np.zeros((len(self.matrix), len(target.matrix)))
        for name, own in self.terminals.items():
            key = alias.get(name, name)
            lift[self._row(name), target._row(key)] = 1.0
            lift[self._spins(name), target._spins(key)] = own @ target.terminals[key].T
        return lift

    def _row(self, terminal):
        return list(self.terminals).index(terminal)

    def _spins(self, terminal):
        before = list(self.terminals)[: self._row(terminal)]
        start = self.n_charge + sum(len(self.terminals[name]) for name in before)
        return slice(start, start + len(self.terminals[terminal]))


def axis_names(axes):
    """What the spin axes of a terminal, (k, 3), are called: x, y, z; m for a single one that is not a coordinate's."""
    if len(axes) == 3 and np.allclose(axes, _XYZ):
        return ("x", "y", "z")
    return ("m",) if len(axes) == 1 else tuple(str(k + 1) for k in range(len(axes)))


def _common(first, second):
    """The axes, (k, 3), of all spin potentials that two terminals can both have."""
    outside = np.vstack([_XYZ - axes.T @ axes for axes in (first, second)])
    _, sizes, vectors = np.linalg.svd(outside)
    common = vectors[sizes < _SAME]
    if len(common) == 3:
        return _XYZ
    return first if len(common) == len(first) else common
