"""Constants of nature (CODATA 2018; e is the charge of the electron, so it is negative)."""

from math import pi

HBAR = 1.054571817e-34  # J s
BOHR_MAGNETON = 9.2740100783e-24  # J/T
ELECTRON_CHARGE = -1.602176634e-19  # C
ANGULAR_MOMENTUM = HBAR / (2 * ELECTRON_CHARGE)  # that a spin current of 1 A carries, N m
VACUUM_PERMEABILITY = 1.25663706212e-6  # N/A^2
BOLTZMANN = 1.380649e-23  # J/K
LORENZ = (pi * BOLTZMANN / ELECTRON_CHARGE) ** 2 / 3  # number of Wiedemann and Franz, V^2/K^2
ELECTRON_MASS = 9.1093837015e-31  # kg
