"""The moments that move: what the equation of motion has to know about them, from the case and the mesh."""

from dataclasses import dataclass

import numpy as np

from spinfem.case.faults import CaseError
from spinfem.geometry.extent import area_and_centre, extent
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
    field: np.ndarray  # (k, 3), applied, and that of the exchange with magnets that stay
    exchange: np.ndarray  # (k, k), J area/(M_s V): what m of one adds to the field of another
    start: np.ndarray  # (k, 3)


def moments_of(case, device) -> Moments:
    """The Moments of a Case with `dynamics`. Collective."""
    dynamics = case.dynamics
    magnets = dynamics.magnets
    directions = [magnet.start or case.magnets[name] for name, magnet in magnets.items()]
    volumes = [volume_of_magnet(device, name, magnet.thickness) for name, magnet in magnets.items()]
    moment = np.array([m.saturation_magnetization * v for m, v in zip(magnets.values(), volumes, strict=True)])
    exchange, of_fixed = _exchange(case, device, moment)
    return Moments(
        names=tuple(magnets),
        gamma=np.array([gyromagnetic_ratio(magnet.g_factor) for magnet in magnets.values()]),
        damping=np.array([magnet.damping for magnet in magnets.values()]),
        moment=moment,
        axis=np.array([m.anisotropy.axis.direction if m.anisotropy else (0.0, 0.0, 1.0) for m in magnets.values()]),
        anisotropy=np.array([magnet.anisotropy_field for magnet in magnets.values()]),
        demagnetizing=np.array(
            [m.saturation_field * _tensor(m, case.geometry, device, name) for name, m in magnets.items()]
        ),
        field=np.array([dynamics.field or _field(case, name) or (0.0, 0.0, 0.0) for name in magnets]) + of_fixed,
        exchange=exchange,
        start=np.array([m.direction for m in directions]),
    )


def _exchange(case, device, moment):
    """(what moving magnets add to each other's fields for each unit of m, (k, k); the field of those that stay, (k, 3)), T. Raises CaseError. Collective."""
    names = list(case.dynamics.magnets)
    between, of_fixed = np.zeros((len(names), len(names))), np.zeros((len(names), 3))
    for k, coupling in enumerate(case.dynamics.exchange):
        energy = coupling.energy * (coupling.area or _coupled_area(case, device, k))
        for one, other in (coupling.between, coupling.between[::-1]):
            if one not in names:
                continue
            field = energy / moment[names.index(one)]
            if other in names:
                between[names.index(one), names.index(other)] += field
            else:
                of_fixed[names.index(one)] += field * np.array(case.magnets[other].direction)
    return between, of_fixed


def _coupled_area(case, device, k):
    """The area, m^2, over which the magnets of coupling k face one another. Raises CaseError where they do not. Collective."""
    one, other = case.dynamics.exchange[k].between
    if frozenset((one, other)) in device.contacts:
        return area_and_centre(device, device.contact_facets(*sorted((one, other))))[0]
    layers = [
        name for name in device.regions if all(frozenset((name, magnet)) in device.contacts for magnet in (one, other))
    ]
    if len(layers) != 1:
        message = "neither touch nor have one layer between them; give the `area` over which they are coupled"
        raise CaseError([case.fault(("dynamics", "exchange", k, "between"), [one, other], message)])
    areas = (area_and_centre(device, device.contact_facets(*sorted((layers[0], m))))[0] for m in (one, other))
    return min(areas)


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
