"""Spins that enter a normal metal or a semiconductor from a magnet, in one dimension, and how far they get in an electric field.

Of a magnet with the spin resistance r_F = lambda_F rho_F/(1 - P_F^2), P_F, and a contact with r_c = AR/(1 - P_c^2), P_c, for each area, what lies
behind is a spin resistance x, the spin potential over the spin current there: lambda/sigma of a long conductor. A. Fert, H. Jaffrès,
PRB 64, 184420 (2001); with a field Z. G. Yu, M. E. Flatté, PRB 66, 201202 and 235302 (2002).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Injector:
    """A thick magnet and its contact. Resistances for each area, ohm m^2."""

    magnet: float
    """r_F"""
    polarization: float
    """P_F"""
    contact: float = 0.0
    """r_c"""
    contact_polarization: float = 0.0
    """P_c"""

    @classmethod
    def of(cls, conductivity, diffusion_length, polarization, resistance_area=0.0, contact_polarization=0.0):
        """From sigma_F, S/m, lambda_F, m, P_F, AR, ohm m^2, P_c."""
        magnet = diffusion_length / conductivity / (1 - polarization**2)
        return cls(magnet, polarization, resistance_area / (1 - contact_polarization**2), contact_polarization)

    def efficiency(self, x):
        """Spin current over charge current behind the contact, (P_F r_F + P_c r_c)/(r_F + r_c + x)."""
        given = self.polarization * self.magnet + self.contact_polarization * self.contact
        return given / (self.magnet + self.contact + x)

    def resistance(self, x):
        """What spins add to the resistance, for each area, ohm m^2: [(P_F - P_c)^2 r_F r_c + x (P_F^2 r_F + P_c^2 r_c)]/(r_F + r_c + x)."""
        f, c = self.polarization, self.contact_polarization
        between = (f - c) ** 2 * self.magnet * self.contact
        return (between + x * (f**2 * self.magnet + c**2 * self.contact)) / (self.magnet + self.contact + x)


def between_two(spin_resistance, thickness):
    """(x in the parallel state, in the antiparallel state) of a layer between two equal injectors: r tanh(t/2), r coth(t/2), t in units of its lambda.

    Their magnetoresistance is large where r t << r_c << r/t: the window of Fert and Jaffrès.
    """
    half = np.tanh(np.asarray(thickness) / 2)
    return spin_resistance * half, spin_resistance / half


def drift_lengths(diffusion_length, drift):
    """(downstream, upstream): over what lengths spins decay with the carriers that drift and against them, 1/L = ∓ w + sqrt(w^2 + 1/lambda^2).

    drift: w = mu E/2D, 1/m, positive. Into a conductor in which carriers drift away from the contact, x is L_upstream/sigma; where they come towards
    it, L_downstream/sigma.
    """
    k = np.sqrt(np.asarray(drift) ** 2 + 1 / diffusion_length**2)
    return 1 / (k - drift), 1 / (k + drift)


def wave_number(diffusion_length, drift, turn=0.0):
    """k of spins exp(-k x) that also turn in a field across them, complex, 1/m: k = - w + sqrt(w^2 + (1 + i turn)/lambda^2), turn = omega tau.

    drift: w = mu E/2D, 1/m, positive where carriers drift along x.
    """
    return -drift + np.sqrt(drift**2 + (1 + 1j * np.asarray(turn)) / diffusion_length**2)


def optical_polarization(spin_polarization, recombination_time, spin_lifetime, selection=0.5):
    """Circular polarization of the light of carriers with P_s that arrive and recombine after tau_r: selection P_s/(1 + tau_r/tau_s).

    selection: 1/2 where heavy and light holes take part (bulk), 1 for heavy holes alone (a quantum well). Optical Orientation, edited by F. Meier,
    B. P. Zakharchenya (North-Holland, 1984); R. Fiederling et al., Nature 402, 787 (1999).
    """
    return selection * spin_polarization / (1 + recombination_time / spin_lifetime)


def drift_valve(polarizations, spin_resistance, diffusion_length, distance, drift):
    """Spin signal of a lateral valve, parallel less antiparallel, ohm, with tunnel contacts of polarizations P_1, P_2 at a distance (m) on a long
    wire in a field.

    P_1 P_2 R_N/sqrt(1 + w^2 lambda^2) exp(-distance/L), R_N = lambda/(sigma A); drift: w = mu E/2D, 1/m, positive where carriers drift to the detector.
    """
    decay = wave_number(diffusion_length, np.asarray(drift)).real
    return (
        np.prod(polarizations)
        * spin_resistance
        / np.sqrt(1 + (drift * diffusion_length) ** 2)
        * np.exp(-decay * distance)
    )
