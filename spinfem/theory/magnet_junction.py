"""Two magnets in contact: the torque of a current on their magnetizations, the wall it clamps there, and the lengths over which charge and spin settle.

l = lambda/sqrt(1 - P^2) below, so that g = sigma (1 - P^2)/lambda = (sigma/l) sqrt(1 - P^2).
"""

import numpy as np


def absorbed(angle, polarization, xi, attenuation=1.0):
    """Spin current across its own magnetization that each of two equal magnets absorbs, over the charge current (docs/physics.md, section 12).

        P xi sin(theta) / [c + xi (1 + cos(theta))],    c = sqrt(1 - P^2) coth(d/lambda)

    angle: theta between them, rad; xi: G l/sigma of the contact, which lets either spin pass alike; attenuation: tanh(d/lambda) of magnets of
    thickness d before spin sinks. xi -> infinity is P tan(theta/2), the transparent contact.
    """
    if np.isinf(xi):
        return polarization * np.tan(angle / 2)
    held = np.sqrt(1 - polarization**2) / attenuation
    return polarization * xi * np.sin(angle) / (held + xi * (1 + np.cos(angle)))


def settling_lengths(length, screening_length, polarization, ratio=1.0):
    """(longer, shorter), m: over which a junction's charge and spin settle where the charge is not held neutral.

        (1 - a b^2) k^4 - [1/l^2 + (1 - b^2)/l_s^2] k^2 + 1/(l l_s)^2 = 0,    lengths 1/k

    length: l; screening_length: l_s; polarization: b; ratio: a, 1 where both spins are screened alike. Then the two are l sqrt(1 - b^2) = lambda, the
    spin diffusion length, and l_s.
    The program takes the charge as neutral, l_s = 0, which is exact here for a = 1 beyond the screening length itself. Raises ValueError
    where nothing settles: a b^2 >= 1.
    """
    leading = 1 - ratio * polarization**2
    if leading <= 0:
        raise ValueError(f"a b^2 = {ratio * polarization**2:g}, and must be less than 1")
    middle = 1 / length**2 + (1 - polarization**2) / screening_length**2
    last = 1 / (length * screening_length) ** 2
    larger = (middle + np.sqrt(middle**2 - 4 * leading * last)) / (2 * leading)
    return float(np.sqrt(larger * leading / last)), float(1 / np.sqrt(larger))


def wall_width(exchange, anisotropy):
    """sqrt(J/K), m, of an exchange stiffness (J/m) and an anisotropy (J/m^3): how far a turned magnetization reaches into a magnet."""
    return float(np.sqrt(exchange / anisotropy))


def clamped_wall(angle, places, exchange, anisotropy):
    """The small angle (rad) by which m is turned at `places` (m) behind a junction where a torque holds it at `angle`: angle exp(-y/d), d = sqrt(J/K).

    A wall that comes along stops where the torque of the current, which acts in the contact alone, holds m.
    """
    return angle * np.exp(-np.asarray(places) / wall_width(exchange, anisotropy))


def holding_angle(torque, exchange, anisotropy):
    """The angle (rad) at which a torque per area (N/m, as J/m^2) on the face of a thick magnet is held by its wall: torque/sqrt(J K), for small ones.

    The wall of energy J/2 (dtheta/dy)^2 + K/2 theta^2 pulls its end back with J dtheta/dy = sqrt(J K) theta.
    """
    return torque / np.sqrt(exchange * anisotropy)
