"""The device as a lumped element: currents into its terminals for each unit of their potentials."""

from typing import Annotated

from pydantic import Field
from uncertainties.unumpy import nominal_values

from spinfem.case.names import TerminalName
from spinfem.case.parts import joined_terminals
from spinfem.case.plugins import Observable
from spinfem.observables.magnets import magnetic_axis
from spinfem.study.results import Document, Matrix, Measurement
from spinfem.theory.lumped_element import LumpedElement
from spinfem.theory.spice import subcircuit
from spinfem.theory.two_channels import two_channels

_SYMBOLS = ("I", "Is_x", "Is_y", "Is_z", "Is_m"), ("V", "v_x", "v_y", "v_z", "v_m")


class ConductanceMatrix(Observable, kind="conductance_matrix"):
    """(I, Is) = G (V, v): charge and spin currents into each terminal for its charge and spin potentials, S.

    Each of `terminals` is held at V and v, whatever else the case says about it; the others keep their condition, driven by nothing.
    After Bazaliy, Ramazashvili, PRB 99, 184443 (2019); docs/physics.md, section 9. A terminal on a strong ferromagnet has only the spin
    component along m.

    The matrix, and the one of potential differences (`reduced`: 7 x 7 for two terminals), come as tables and pictures; the element also as
    JSON, to be joined with others (spinfem.theory.lumped_element), and as a SPICE sub-circuit; that of collinear magnets also as the bridge of
    resistors between its two spins (spinfem.theory.two_channels). Checks, relative to the largest entry:
    `reciprocity_defect`, |G - G^T|; `shift_defect`, currents of a common shift of all V; `onsager_defect`, where G is not symmetric.
    """

    needs_linear = "it is currents for each unit of the potentials"

    terminals: Annotated[tuple[TerminalName, ...], Field(min_length=1)] | None = None
    """Default: all terminals of the case."""
    entries: tuple[tuple[str, str], ...] = ()
    """Entries to report as numbers of their own, [current, potential], e.g. `[Is_z(right), v_z(left)]`; so a sweep can plot them."""

    def faults(self, case, outline):
        known = self.terminals or tuple(case.terminals)
        for pair in self.entries:
            for name, symbols in zip(pair, _SYMBOLS, strict=True):
                if name not in {f"{symbol}({terminal})" for symbol in symbols for terminal in known}:
                    message = f"must be one of {', '.join(symbols)}, then a terminal, e.g. {symbols[-2]}({known[0]})"
                    yield "entries", name, message
        for shared in joined_terminals(case, outline):
            if set(known) & set(shared.terminals):
                message = "share an edge, and here each terminal is held at a potential of its own: any current would flow between them; leave a gap, or make them one terminal"
                yield "terminals", list(shared.terminals), message
        names = self.terminals or ()
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield "terminals", name, "is named twice"

    def measure(self, simulation):
        case, terminals = simulation.case, self.terminals or tuple(simulation.case.terminals)
        axes, matrix = simulation.conductances(terminals)
        element = LumpedElement(axes, nominal_values(matrix))
        yield from self._matrices(element, matrix)
        for row, column in self.entries:
            if row in element.currents and column in element.potentials:
                value = matrix.item(element.currents.index(row), element.potentials.index(column))
                yield Measurement(f"{self.name}.{row}/{column}", value, "S")
        yield Measurement(f"{self.name}.reciprocity_defect", element.reciprocity_defect, "", note="max|G - G^T|/max|G|")
        if not simulation.problem(held=terminals).symmetric:
            mirror = simulation.time_reversed().lumped_element(terminals, axes=element.terminals)
            note = "max|G(M, B) - e G(-M, -B)^T e|/max|G|, e = 1 charge, -1 spin"
            yield Measurement(f"{self.name}.onsager_defect", element.onsager_defect(mirror), "", note=note)
        note = "of (G + G^T)/2: positive, or there is a source of power"
        yield Measurement(f"{self.name}.smallest_eigenvalue", element.smallest_eigenvalue, "S", note=note)
        if _floats(case, terminals):
            note = "currents of a common shift of all V, of max|G|"
            yield Measurement(f"{self.name}.shift_defect", element.shift_defect, "", note=note)
        yield Document(f"{self.name}.json", element.to_json())
        yield from self._circuits(element, magnetic_axis(case))

    def _circuits(self, element, axis):
        name = self.name.replace(".", "_").replace("-", "_")
        try:
            yield Document(f"{self.name}.cir", subcircuit(element, name))
            if axis is not None:
                yield Document(f"{self.name}.bridge.cir", two_channels(element, axis).subcircuit(f"{name}_bridge"))
        except ValueError:  # a name that SPICE has no letters for, or no net of resistors
            return

    def _matrices(self, element, matrix):
        n, spins = element.n_charge, len(element.matrix) - element.n_charge
        axes = {name: axes.tolist() for name, axes in element.terminals.items()}
        note = "; ".join(f"{name}: {_why(a)}" for name, a in element.terminals.items() if len(a) < 3)
        groups = (("charge", n, n), ("spin", spins, spins))
        yield Matrix(
            self.name,
            element.currents,
            element.potentials,
            "S",
            matrix,
            groups,
            note=note,
            details={"axes": axes},
        )
        rows, columns = element.reduced_names
        groups = (("charge", n - 1, n - 1), ("spin", spins, spins))
        size = len(rows)
        if element.reciprocity_defect < 1e-6:
            note = f"symmetric: {size * (size + 1) // 2} independent numbers"
        else:
            note = f"{size * size} numbers"
        yield Matrix(f"{self.name}.reduced", rows, columns, "S", element.reduced(matrix), groups, note=note)


def _why(axes):
    if len(axes) == 1:
        m = ", ".join(f"{component:.4g}" for component in axes[0])
        return f"on a strong ferromagnet, spins along m = ({m}) alone"
    return f"{len(axes)} spin axes: its magnets leave no more"


def _floats(case, terminals):
    """Is nothing but the listed terminals held at a potential?"""
    return not any(terminal.charge.grounds for name, terminal in case.terminals.items() if name not in terminals)
