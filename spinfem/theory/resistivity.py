"""The tensors of conductivity and resistivity of a ferromagnet, for currents that no spin potential drives."""

import numpy as np


def conductivity_tensor(sigma, amr_ratio, hall_angle, m):
    """j = C E, (3, 3), S/m: of anisotropic magnetoresistance and anomalous Hall effect with the magnetization m, (3,).

    With rho = 1/sigma = (rho_along + 2 rho_across)/3 and the ratio (rho_along - rho_across)/rho (T. R. McGuire, R. I. Potter, IEEE Trans. Magn. 11,
    1018 (1975)): C = 1/rho_across (1 - m m) + 1/rho_along m m + hall_angle sigma m x.
    """
    along = np.outer(m, m)
    x, y, z = m
    across = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return sigma * ((np.eye(3) - along) / (1 - amr_ratio / 3) + along / (1 + 2 * amr_ratio / 3) + hall_angle * across)


def resistivity_tensor(sigma, amr_ratio, hall_angle, m, dimension=3):
    """E = R j, (dimension, dimension), ohm m; in two dimensions what E along z would drive is left out, for there is none."""
    return np.linalg.inv(conductivity_tensor(sigma, amr_ratio, hall_angle, m)[:dimension, :dimension])
