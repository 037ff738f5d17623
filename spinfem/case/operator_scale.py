"""The units in which physical terms give their numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """The units of the operator: conductivities relative to the largest one, lengths as in the drawing."""

    largest_conductivity: float  # S/m
    length_unit: float  # m

    def conductivity(self, sigma):
        """S/m in the scaled unit."""
        return sigma / self.largest_conductivity

    def length(self, metres):
        """Metres in drawing units."""
        return metres / self.length_unit

    def rate(self, sigma, length):
        """sigma / length^2; 0 where there is no such length (None)."""
        return 0.0 if length is None else self.conductivity(sigma) / self.length(length) ** 2
