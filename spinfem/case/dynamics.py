"""How magnets move: the Landau-Lifshitz-Gilbert equation of some ferromagnets of the device, each one rigid moment (docs/dynamics.md)."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from spinfem.case.exchange import Exchange
from spinfem.case.magnetic_field import MagneticField
from spinfem.case.magnetization import Magnetization, Uniform
from spinfem.case.names import MagnetName, TerminalName
from spinfem.case.pumping import obstacles
from spinfem.case.quantity import (
    Current,
    Dimensionless,
    EnergyDensity,
    FluxDensity,
    Length,
    MomentDensity,
    Temperature,
    Time,
)
from spinfem.case.validation import Checked, said
from spinfem.constants import VACUUM_PERMEABILITY

_TRACE = 1e-6  # how far beyond 1 demagnetizing factors may add up, by their rounding
_FACTORS = (
    "`prism` or `ellipsoid` (of the size of the region), three factors along x, y, z such as [1, 0, 0], "
    "or a symmetric matrix of 3 x 3"
)


def _one_direction(magnetization):
    if magnetization is not None and not isinstance(magnetization, Uniform):
        raise ValueError('must be one direction, e.g. "+z": a macrospin is uniform')
    return magnetization


Direction = Annotated[Magnetization, AfterValidator(_one_direction)]


class Anisotropy(Checked):
    """Uniaxial anisotropy, -K (u.m)^2: an easy axis where it is positive, an easy plane where negative. One of `field` and `constant`."""

    axis: Direction
    """The direction u."""
    field: FluxDensity | None = None
    """mu_0 H_k = 2 K/M_s."""
    constant: EnergyDensity | None = None
    """K."""

    @model_validator(mode="after")
    def _one_of_both(self):
        if (self.field is None) == (self.constant is None):
            raise ValueError("needs one of the two: `field`, e.g. 20 mT, or `constant`, e.g. 5 kJ/m^3")
        return self


class Macrospin(Checked):
    """A magnet that moves."""

    damping: Dimensionless = Field(ge=0, le=10)
    """Gilbert's alpha."""
    saturation_magnetization: MomentDensity = Field(gt=0)
    """M_s."""
    thickness: Length | None = Field(default=None, gt=0)
    """Of a magnet that covers a terminal; that of others is in the drawing."""
    g_factor: Dimensionless = Field(default=2.0, gt=0)
    """gamma = g mu_B/hbar."""
    pumping: bool = False
    """Do the spins that it pumps into the metals damp it, too? As the observable `pumping_damping` has it at the start."""
    start: Direction | None = None
    """Where m is at first; default: the magnetization of the region."""
    anisotropy: Anisotropy | None = None
    """Uniaxial anisotropy of the crystal or the interface."""
    demagnetization: Any = Field(
        default=None, json_schema_extra={"oneOf": [{"enum": ["prism", "ellipsoid"]}, {"type": "array"}]}
    )
    """Demagnetizing factors: `prism` or `ellipsoid` (of the size of the region), three factors along x, y, z, or a matrix; default: none."""

    @model_validator(mode="after")
    def _a_demagnetizing_tensor(self):
        given = self.demagnetization
        if given is None or given in ("prism", "ellipsoid"):
            return self
        tensor = _tensor(given)
        if tensor is None or not np.allclose(tensor, tensor.T, rtol=0, atol=_TRACE):
            message = f"is no demagnetizing tensor; give {_FACTORS}"
            raise said([(("demagnetization",), given, message)], "Macrospin")
        if np.linalg.eigvalsh(tensor).min() < -_TRACE or np.trace(tensor) > 1 + _TRACE:
            message = "are no demagnetizing factors: none is negative, and together they are 1 (or less, where a part is meant)"
            raise said([(("demagnetization",), given, message)], "Macrospin")
        return self

    @property
    def anisotropy_field(self) -> float:
        """mu_0 H_k, T."""
        if self.anisotropy is None:
            return 0.0
        field, constant = self.anisotropy.field, self.anisotropy.constant
        return 2 * constant / self.saturation_magnetization if constant is not None else field or 0.0

    @property
    def saturation_field(self) -> float:
        """mu_0 M_s, T."""
        return VACUUM_PERMEABILITY * self.saturation_magnetization

    @property
    def demagnetizing_tensor(self):
        """(3, 3), as given; None where it is to come from the shape of the region, zero where there is none."""
        if self.demagnetization in ("prism", "ellipsoid"):
            return None
        return np.zeros((3, 3)) if self.demagnetization is None else _tensor(self.demagnetization)


def _tensor(given):
    """The (3, 3) matrix of three factors or of nine; None where it is neither."""
    try:
        values = np.array(given, dtype=float)
    except (TypeError, ValueError):
        return None
    if not np.isfinite(values).all():
        return None
    return np.diag(values) if values.shape == (3,) else values if values.shape == (3, 3) else None


class Pulse(Checked):
    """The drive is on for a while, and off before and after."""

    start: Time = Field(default=0.0, ge=0)
    """When it begins to rise."""
    length: Time = Field(gt=0)
    """From half of the rise to half of the fall."""
    rise: Time = Field(default=0.0, ge=0)
    """How long it rises, and falls, linearly."""

    @model_validator(mode="after")
    def _rises_before_it_falls(self):
        if self.rise > self.length:
            raise ValueError("falls before it has risen: `rise` must be at most `length`")
        return self

    @property
    def knots(self):
        """(times, factors) between which the drive is linear."""
        times = [0.0, self.rise, self.length, self.length + self.rise]
        return [self.start + t for t in times], [0.0, 1.0, 1.0, 0.0]


class DriveProfile(Checked):
    """The drive against time, linear between what is given, and constant beyond. Two factors at one time are a step."""

    times: tuple[Time, ...] = Field(min_length=1)
    factors: tuple[Dimensionless, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self):
        if len(self.times) != len(self.factors):
            raise ValueError(
                f"has {len(self.times)} times and {len(self.factors)} factors; give one factor for each time"
            )
        if any(np.diff(self.times) < 0):
            raise ValueError("has times that go back; put them in order")
        return self

    @property
    def knots(self):
        """(times, factors) between which the drive is linear."""
        return list(self.times), list(self.factors)


class DynamicDrive(Checked):
    """The drive of the terminals, times a factor: all currents, voltages and spins that they give together. It is switched on at t = 0, if nothing
    else is said."""

    factor: Dimensionless | None = None
    """Times the drive of the terminals; default: 1."""
    terminal: TerminalName | None = None
    """Instead of a factor: the terminal whose current is counted ..."""
    current: Current | None = None
    """... and the current that enters there."""
    pulse: Pulse | None = None
    """On for a while only."""
    profile: DriveProfile | None = None
    """Or any other function of time."""

    @model_validator(mode="after")
    def _said_once(self):
        if self.factor is not None and self.current is not None:
            raise ValueError("has a `factor` and a `current`; one of them says how large the drive is")
        if self.current is not None and self.terminal is None:
            raise ValueError("has a `current` and no `terminal` where it enters, e.g. terminal: left")
        if self.pulse is not None and self.profile is not None:
            raise ValueError("has a `pulse` and a `profile`; give one of the two")
        return self

    @property
    def knots(self):
        """(times, factors) between which the drive is linear, factors without the common one."""
        given = self.pulse or self.profile
        return given.knots if given else ([0.0], [1.0])


class Threshold(Checked):
    """Where the state that the magnets relax to becomes unstable: looked for between two currents into `drive.terminal`."""

    start: Current = Field(alias="from", default=0.0)
    """The state is stable here."""
    end: Current = Field(alias="to")
    """And not, before this current is reached."""

    @model_validator(mode="after")
    def _has_a_length(self):
        if self.start == self.end:
            raise ValueError("looks between two currents that are the same: `to` must differ from `from` (0 A)")
        return self


class Dynamics(Checked):
    """Ferromagnets that move, each as one rigid moment under the torque of the device at every m, its own field, an applied one, and damping."""

    magnets: dict[MagnetName, Macrospin] = Field(min_length=1)
    """Those that move, by region, or by the terminal that they cover; the others stay as they are."""
    exchange: tuple[Exchange, ...] = ()
    """Couplings of magnets beside the torque of currents."""
    field: MagneticField | None = None
    """The applied field mu_0 H; default: the `magnetic_field` that the region is in."""
    until: Time = Field(gt=0)
    """How long."""
    rows: int = Field(default=2001, ge=11, le=1_000_000)
    """Times at which m is told, equally spaced."""
    settled: Time | None = Field(default=None, ge=0)
    """From then on counts what is said of the motion: spectrum and mean. Default: half of `until`."""
    drive: DynamicDrive = DynamicDrive()
    """How large the drive is, and when."""
    torque: Literal["tabulated", "on_demand"] = "tabulated"
    """tabulated: solved at directions all over the sphere, until what is interpolated between them is exact; on_demand: solved for each m that comes."""
    torque_error: Dimensionless = Field(default=1e-7, gt=0, lt=0.1)
    """Of the table, relative to its largest torque."""
    temperature: Temperature = Field(default=0.0, ge=0)
    """Of a random field (Langevin dynamics)."""
    seed: int = Field(default=1, ge=0)
    """Of its random numbers: the same seed gives the same motion."""
    time_step: Time | None = Field(default=None, gt=0)
    """With a temperature; default: 1/50 of the time in which m turns by 1 rad in the largest field there is."""
    threshold: Threshold | None = None
    """Find the critical current."""

    @model_validator(mode="after")
    def _fits_together(self):
        if self.settled is not None and self.settled >= self.until:
            raise ValueError("is over before it has `settled`; that has to be earlier than `until`")
        if self.threshold is not None and self.drive.terminal is None:
            raise ValueError(
                "looks for a `threshold` in the current into a terminal: name it, e.g. drive: {terminal: left}"
            )
        if self.time_step is not None and not self.temperature:
            raise ValueError("has a `time_step` and no `temperature`: without one the step is chosen by its error")
        return self

    @property
    def measured_from(self) -> float:
        """When what is said of the motion begins to count, s."""
        return self.until / 2 if self.settled is None else self.settled

    def idle(self, case, dimension):
        if not self.temperature:
            yield ("seed",), "random numbers count with a `temperature`"
        if self.torque == "on_demand":
            yield ("torque_error",), "it is that of a table, with `torque: tabulated`"
        if self.drive.current is None and self.threshold is None:
            yield ("drive", "terminal"), "it says where a `current` or the `threshold` is counted, and neither is given"

    def _size(self, name, drawn):
        """Faults in what is said of the size of a magnet. Of one that covers a terminal nothing is drawn."""
        thickness, given = self.magnets[name].thickness, self.magnets[name].demagnetization
        if drawn != (thickness is None):
            why = (
                "is drawn, with its thickness"
                if drawn
                else "is not drawn: how thick it is says how much there is to be moved"
            )
            yield ("magnets", name, "thickness"), thickness and f"{thickness:g} m", f"{name} {why}"
        if not drawn and self.magnets[name].demagnetizing_tensor is None:
            message = "is for the size of a region, and this magnet is not drawn; give three factors, e.g. [0, 0, 1]"
            yield ("magnets", name, "demagnetization"), given, message

    def faults(self, case, outline):
        """Yields (path, value, message) of what does not fit the Case on the drawing with this Outline."""
        for name in self.magnets:
            m = case.magnets[name]
            yield from self._size(name, drawn=name in case.regions)
            if not m.uniform:
                yield ("magnets", name), name, "is a texture: a macrospin is uniform; give the region one direction"
            if self.magnets[name].pumping and name in case.regions:
                for message in obstacles(case, outline, name):
                    yield ("magnets", name, "pumping"), "true", message
        for k, exchange in enumerate(self.exchange):
            yield from ((("exchange", k, key), value, message) for key, value, message in exchange.faults(case))
        terminal = self.drive.terminal
        if terminal is not None and not case.terminals[terminal].driven.get("currents"):
            message = "has no current in the case to be scaled: drive it, e.g. {current: 1 mA}, or give a `factor` of the drive"
            yield ("drive", "terminal"), terminal, message
