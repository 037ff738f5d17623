"""A tunnel contact whose conductance and polarization change with the voltage across it."""

from dataclasses import replace
from os import PathLike, fspath
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationInfo, model_validator
from scipy.interpolate import PchipInterpolator

from spinfem.case.files import existing_file
from spinfem.case.quantity import Dimensionless, Energy, Length, Voltage
from spinfem.case.tables import read_columns
from spinfem.case.validation import Checked, or_text
from spinfem.constants import ELECTRON_CHARGE
from spinfem.formatting import humanize
from spinfem.model.interfaces.resistive import Resistive
from spinfem.theory.tunnel_barrier import Barrier

_ROWS = {"min_length": 3, "max_length": 30}  # of a table: each becomes a branch of a compiled form


class AgainstVoltage(Checked):
    """A measured contact, as lists or as the columns of a CSV file, `table: contact.csv`: dj/dV over that without voltage, and the polarization over
    that without voltage. Between the rows monotone cubics, beyond them the last value."""

    voltage: Annotated[tuple[Voltage, ...], Field(**_ROWS)]
    """Potential of side 1 less that of side 2, in order."""
    conductance: Annotated[tuple[Dimensionless, ...], Field(**_ROWS)]
    """dj/dV times AR."""
    polarization: Annotated[tuple[Dimensionless, ...], Field(**_ROWS)] | None = None
    """P(V)/P(0); default: 1."""

    @model_validator(mode="before")
    @classmethod
    def _of_file(cls, given, info: ValidationInfo):
        """`table: contact.csv`: a file beside the case whose columns are called like the keys."""
        if not isinstance(given, str | PathLike):
            return given
        columns = read_columns(existing_file(fspath(given), info)).columns
        if unknown := columns.keys() - cls.model_fields.keys():
            raise ValueError(
                f"has a column {min(unknown)}; its columns are voltage [mV], conductance and, if it is known, polarization"
            )
        if not columns.get("voltage", ("mV",))[0]:
            raise ValueError("has voltages without a unit; write it into the head of their column, e.g. voltage [mV]")
        return {name: [f"{number} {unit}".strip() for number in numbers] for name, (unit, numbers) in columns.items()}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return or_text(handler(schema), handler, {"examples": ["contact.csv"]})

    @model_validator(mode="after")
    def _in_rows(self):
        columns = [self.conductance] + ([self.polarization] if self.polarization else [])
        if any(len(column) != len(self.voltage) for column in columns):
            raise ValueError("needs as many numbers in each column as it has voltages")
        if min(np.diff(self.voltage)) <= 0:
            raise ValueError("has voltages that do not rise; put them in order")
        if not self.voltage[0] < 0 < self.voltage[-1]:
            raise ValueError("must go through 0 V")
        if min(self.conductance) <= 0:
            raise ValueError(
                "has a conductance that is not more than 0: a contact does not conduct less current at a higher voltage here"
            )
        return self


class VoltageDependent(Resistive, kind="barrier"):
    """The contact `resistive`, at any voltage V = phi_1 - phi_2: with F(V), F(0) = 0, dF/dV = G (1 + a V + b V^2) of `barrier`, or measured (`table`),

        F(V) instead of G V,    G v -> dF/dV v,    P -> P/(1 + (V/V_h)^2)

    since spin potentials are small beside the voltage: the two spins tunnel at V + v and V - v. W. F. Brinkman, R. C. Dynes, J. M. Rowell,
    J. Appl. Phys. 41, 1915 (1970); J. G. Simmons, ibid. 34, 1793 (1963). The solution is found by Newton's method, and resistances are V/I at the
    drive of the case.
    """

    linear = False

    height: Energy | None = Field(default=None, gt=0)
    """U, mean height of the barrier above the Fermi energy ..."""
    thickness: Length | None = Field(default=None, gt=0)
    """... its thickness ..."""
    asymmetry: Energy = 0.0
    """... how much higher it is on side 2 than on side 1 ..."""
    effective_mass: Dimensionless = Field(default=1.0, gt=0)
    """... and the electrons' mass in it over that of free ones."""
    polarization_halves_at: Voltage | None = Field(default=None, gt=0)
    """V_h; default: the polarization stays."""
    table: AgainstVoltage | None = None
    """Instead of the barrier: what was measured."""

    @model_validator(mode="after")
    def _known_in_one_way(self):
        if (self.height is None) != (self.thickness is None):
            raise ValueError("needs `height` and `thickness`, or a `table`")
        if (self.height is None) == (self.table is None):
            raise ValueError("needs one of the two: `height` and `thickness` of its barrier, or a `table`")
        if self.height is not None and not abs(self.asymmetry) < 2 * self.height:
            raise ValueError(
                "has an `asymmetry` of twice its `height` or more: on one side the barrier is below the Fermi energy"
            )
        if self.table is not None and self.polarization_halves_at is not None:
            raise ValueError("has a `table`, which has the polarization too, and `polarization_halves_at`")
        return self

    def idle(self, case, dimension):
        yield from super().idle(case, dimension)
        given = self.polarization
        if not any(given if isinstance(given, tuple) else (given,)):
            yield ("polarization_halves_at",), "the contact has no `polarization`"
            if self.table is not None and self.table.polarization:
                yield ("table", "polarization"), "the contact has no `polarization`, of which this is a multiple"
        for key in ("asymmetry", "effective_mass") if self.table is not None else ():
            yield (key,), "it belongs to a barrier of `height` and `thickness`, and a `table` stands in its place"

    def doubt(self, voltage):
        across = f"has {humanize(voltage, 'V', digits=3)} across it"
        if self.height is not None and abs(voltage * ELECTRON_CHARGE) > self.height:
            top = humanize(self.height / abs(ELECTRON_CHARGE), "V", digits=3)
            return f"{across}, more than the height of its barrier, {top}, below which alone dF/dV = G (1 + a V + b V^2) holds"
        if self.table is not None and not self.table.voltage[0] <= voltage <= self.table.voltage[-1]:
            low, high = (humanize(self.table.voltage[k], "V", digits=3) for k in (0, -1))
            return f"{across}, and its table goes from {low} to {high}: beyond, the last row was taken"
        return ""

    def driving(self, u, facet):
        import ufl

        voltage = u.jump.phi
        flow, slope, share = _measured(self.table, voltage, facet) if self.table else self._of_barrier(voltage, facet)
        # Only differences of phi drive anything, so all of it may stand on one side.
        first = replace(u.first, phi=flow, v=slope * u.first.v)
        return type(u)(first, replace(u.second, phi=ufl.as_ufl(0.0), v=slope * u.second.v)), share

    def _of_barrier(self, voltage, facet):
        """(F, dF/dV) over G, and the share of P."""
        size = self.height or 0.0, self.thickness or 0.0  # given both, where there is no table
        barrier = Barrier(*size, self.asymmetry, self.effective_mass)
        a, b = map(facet.number, barrier.parabola())
        share = 1.0
        if self.polarization_halves_at is not None:
            share = 1 / (1 + (voltage * facet.number(1 / self.polarization_halves_at)) ** 2)
        return voltage * (1 + a * voltage / 2 + b * voltage**2 / 3), 1 + a * voltage + b * voltage**2, share


def _measured(table, voltage, facet):
    """(F, dF/dV) over G of a table, and the share of P."""
    slope = PchipInterpolator(table.voltage, table.conductance)
    flow = slope.antiderivative()
    flow.c[-1] -= flow(0.0)
    share = 1.0
    if table.polarization:
        share = _piecewise(PchipInterpolator(table.voltage, table.polarization), voltage, facet)
    return _piecewise(flow, voltage, facet, beyond=slope), _piecewise(slope, voltage, facet), share


def _piecewise(polynomials, x, facet, beyond=None):
    """A scipy PPoly of a UFL expression; beyond its ends the last value, or what goes on with the slope `beyond` has there."""
    import ufl

    knots, coefficients = facet.number(polynomials.x), facet.number(polynomials.c)
    degree, pieces = len(polynomials.c) - 1, polynomials.c.shape[1]
    ends = facet.number([polynomials(polynomials.x[k]) for k in (0, -1)])
    slopes = facet.number([0.0 if beyond is None else beyond(polynomials.x[k]) for k in (0, -1)])

    def outside(k, knot):
        return ends[k] + slopes[k] * (x - knots[knot])

    found = outside(1, pieces)
    for k in reversed(range(pieces)):
        inside = sum(coefficients[i, k] * (x - knots[k]) ** (degree - i) for i in range(degree + 1))
        found = ufl.conditional(ufl.lt(x, knots[k + 1]), inside, found)
    return ufl.conditional(ufl.lt(x, knots[0]), outside(0, 0), found)
