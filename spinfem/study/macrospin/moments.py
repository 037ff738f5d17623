"""The moments that move: what the equation of motion has to know about them, from the case and the mesh."""

from dataclasses import dataclass

import numpy as np

from spinfem.geometry.extent import extent
from spinfem.study.magnets import volume_of_magnet
from spinfem.theory.demagnetization import ellipsoid, prism
from spinfem.theory.macrospin import gyromagnetic_ratio


@dataclass(frozen=True)
class Moments:
    """k magnets; arrays have them first. Fields are flux densities, T."""

    names: tuple[str, ...]
    gamma: np.ndarray  # (k,), rad/(s T)
    damping: np.ndarray  # (k,)
    moment: np.ndarray  # (k,), M_s V, A m^2
    axis: np.ndarray  # (k, 3), of the anisotropy
    anisotropy: np.ndarray  # (k,), mu_0 H_k
    demagnetizing: np.ndarray  # (k, 3, 3), mu_0 M_s N
    field: np.ndarray  # (k, 3), applied
    start: np.ndarray  # (k, 3)


def moments_of(case, device) -> Moments:
    """The Moments of a Case with `dynamics`. Collective."""
    dynamics = case.dynamics
    magnets = dynamics.magnets
    directions = [magnet.start or case.magnets[name] for name, magnet in magnets.items()]
    return Moments(
        names=tuple(magnets),
        gamma=np.array([gyromagnetic_ratio(magnet.g_factor) for magnet in magnets.values()]),
        damping=np.array([magnet.damping for magnet in magnets.values()]),
        moment=np.array(
            [m.saturation_magnetization * volume_of_magnet(device, name, m.thickness) for name, m in magnets.items()]
        ),
        axis=np.array([m.anisotropy.axis.direction if m.anisotropy else (0.0, 0.0, 1.0) for m in magnets.values()]),
        anisotropy=np.array([magnet.anisotropy_field for magnet in magnets.values()]),
        demagnetizing=np.array(
            [m.saturation_field * _tensor(m, case.geometry, device, name) for name, m in magnets.items()]
        ),
        field=np.array([dynamics.field or _field(case, name) or (0.0, 0.0, 0.0) for name in magnets]),
        start=np.array([m.direction for m in directions]),
    )


def _field(case, name):
    """The magnetic field that a magnet is in; None without one."""
    return case.regions[name].magnetic_field if name in case.regions else case.magnetic_field


def _tensor(magnet, geometry, device, region):
    given = magnet.demagnetizing_tensor
    if given is not None:
        return given
    shape = {"prism": prism, "ellipsoid": ellipsoid}[magnet.demagnetization]
    low, high = extent(device, region)
    missing = (1.0, geometry.width, geometry.depth)  # where the mesh has fewer than three dimensions
    lacks = np.arange(3) >= device.mesh.topology.dim
    return np.diag(shape(np.where(lacks, missing, high - low)))
