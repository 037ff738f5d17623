"""A magnetization that precesses about an axis, at one moment of its way."""

from typing import Any

import numpy as np
from pydantic import Field, field_validator

from spinfem.case.quantity import Angle, Frequency
from spinfem.case.validation import Checked
from spinfem.formatting import magnetization_words


class Precessing(Checked):
    """It goes round a cone, counterclockwise seen against `axis`, as moments go about a field along it: dm/dt = 2 pi f axis x m.

    What a moment shows is the state of spins at that moment: they follow, since omega tau << 1. The observable `spin_pumping` takes the mean of a turn.
    """

    precessing: tuple[float, float, float]
    """The axis, that of the field, e.g. `+z`, as the direction of a magnetization."""
    frequency: Frequency
    """f, in turns for each second; negative: clockwise."""
    cone_angle: Angle = Field(ge=0, le=np.pi)
    """Between m and the axis."""
    phase: Angle = 0.0
    """How far it has got on its way."""

    @field_validator("precessing")
    @classmethod
    def _normalised(cls, vector: Any):
        return tuple((np.array(vector) / np.linalg.norm(vector)).tolist())

    def idle(self, case, dimension):
        if self.frequency == 0:
            yield ("frequency",), "at 0 Hz nothing precesses, and nothing is pumped"
        elif np.sin(self.cone_angle) == 0:
            yield ("cone_angle",), "a magnetization along its axis does not change, and nothing is pumped"
        if np.sin(self.cone_angle) == 0:
            yield ("phase",), "a magnetization along its axis does not change"

    @property
    def uniform(self) -> bool:
        return True

    @property
    def direction(self):
        """m, a unit vector."""
        axis = np.array(self.precessing)
        first, second = frame(axis)
        across = np.cos(self.phase) * first + np.sin(self.phase) * second
        m = np.cos(self.cone_angle) * axis + np.sin(self.cone_angle) * across
        return tuple((np.round(m, 15) + 0.0).tolist())

    @property
    def directions(self):
        """All directions of spin that it brings in."""
        return (self.direction, self.precessing)

    @property
    def angular_velocity(self):
        """omega, rad/s, with dm/dt = omega x m."""
        return tuple(2 * np.pi * self.frequency * component for component in self.precessing)

    def at(self, points):
        """Unit vectors, (3, n), at points (3, n) in metres."""
        return np.repeat(np.array(self.direction)[:, None], np.shape(points)[1], axis=1)

    def at_phase(self, phase):
        """The same at another moment."""
        return self.filled(phase=float(phase))

    def flipped(self):
        """Time reversed: - m on the way back."""
        axis = tuple(0.0 - component for component in self.precessing)
        return self.filled(precessing=axis, phase=np.pi - self.phase)

    def __str__(self):
        return magnetization_words(self.model_dump(mode="json"))


def turning(magnet):
    """The angular velocity of a Magnetization, (3,), rad/s; None of one at rest."""
    omega = np.array(getattr(magnet, "angular_velocity", (0.0, 0.0, 0.0)))
    return omega if omega.any() else None


def precession(m, angular_velocity):
    """The Precessing whose m is the unit vector m, (3,), now, and whose angular velocity, rad/s, is this one, (3,)."""
    size = float(np.linalg.norm(angular_velocity))
    axis = np.asarray(angular_velocity) / size
    first, second = frame(axis)
    return Precessing(
        precessing=(float(axis[0]), float(axis[1]), float(axis[2])),
        frequency=size / (2 * np.pi),
        cone_angle=float(np.arccos(np.clip(m @ axis, -1.0, 1.0))),
        phase=float(np.arctan2(m @ second, m @ first)),
    )


def frame(axis):
    """Two unit vectors across an axis, right-handed with it: the first in the plane of the axis and of the coordinate axis that is furthest from it."""
    aside = np.eye(3)[np.abs(axis).argmin()]
    first = aside - (aside @ axis) * axis
    first = first / np.linalg.norm(first)
    return first, np.cross(axis, first)
