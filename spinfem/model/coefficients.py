"""Material parameters as functions on the mesh, in the scaled units of the operator."""

from dataclasses import dataclass
from typing import NamedTuple

import basix.ufl
import numpy as np
from dolfinx import fem

from spinfem.case.spin_hall import hall_directions


@dataclass(frozen=True)
class SpinHall:
    """What the spin Hall effect needs."""

    conductivity: fem.Function  # theta sigma / sigma_max
    axes: fem.Constant  # the spin basis, shape (n, 3); a constant, so that all bases share a compiled kernel


@dataclass(frozen=True)
class Coefficients:
    """What the bulk form needs at a point. Lengths in drawing units, conductivities relative to `largest_conductivity`."""

    conductivity: fem.Function  # sigma / sigma_max
    polarization: fem.Function  # P
    relaxation: fem.Function  # of all spins, to the lattice: (sigma/sigma_max) (1 - P^2) / lambda^2
    dephasing: fem.Function  # (sigma/sigma_max) / lambda_phi^2, what spins across m lose to a weak ferromagnet besides
    precession: fem.Function  # (sigma/sigma_max) / lambda_J^2, in weak ferromagnets
    magnetization: fem.Function  # m in the spin basis, zero in normal metals; shape (n,)
    free_texture: fem.Function | None  # 1 in weak ferromagnets if one of them has a texture
    region_weight: fem.Function  # 1, or the indicator of the regions whose flux is wanted
    spin_hall: SpinHall | None  # None where no region has a spin Hall angle


class Numbers(NamedTuple):
    """What one region contributes to the piecewise constant coefficients, under their names."""

    conductivity: float
    polarization: float
    relaxation: float
    dephasing: float
    precession: float
    hall_conductivity: float


def numbers_of(region, largest, length_unit):
    """The Numbers of a Region, in units of the conductivity `largest` (S/m) and of `length_unit` (m)."""

    def square_of(length):
        return np.inf if length is None else (length / length_unit) ** 2

    m = region.material
    conductivity = m.conductivity / largest
    return Numbers(
        conductivity=conductivity,
        polarization=m.polarization,
        relaxation=conductivity * (1 - m.polarization**2) / square_of(m.spin_diffusion_length),
        dephasing=conductivity / square_of(region.dephasing_length),
        precession=conductivity / square_of(region.precession_length),
        hall_conductivity=conductivity * m.spin_hall_angle,
    )


def coefficients(device, regions, basis, degree):
    """Coefficients of `regions` (name -> Region) on the device; `basis` is the spin basis, shape (n, 3)."""
    largest = largest_conductivity(regions)
    numbers = {name: numbers_of(region, largest, device.length_unit) for name, region in regions.items()}

    def each(coefficient):
        return by_region(device, {name: getattr(values, coefficient) for name, values in numbers.items()})

    hall = hall_directions(regions, device.mesh.topology.dim)
    return Coefficients(
        conductivity=each("conductivity"),
        polarization=each("polarization"),
        relaxation=each("relaxation"),
        dephasing=each("dephasing"),
        precession=each("precession"),
        magnetization=_magnetization(device, regions, basis, degree),
        free_texture=_free_texture(device, regions),
        region_weight=by_region(device, dict.fromkeys(regions, 1.0)),
        spin_hall=SpinHall(each("hall_conductivity"), fem.Constant(device.mesh, basis)) if hall else None,
    )


def largest_conductivity(regions):
    """The unit of conductivity, S/m."""
    return max(region.material.conductivity for region in regions.values())


def by_region(device, values):
    """A piecewise constant function with one value for each region (zero in regions that are not named)."""
    function = fem.Function(fem.functionspace(device.mesh, ("DG", 0)))
    for name, value in values.items():
        function.x.array[device.cells_of(name)] = value
    return function


def _free_texture(device, regions):
    weak = {name: 1.0 for name, region in regions.items() if region.weak}
    return by_region(device, weak) if any(not regions[name].magnetization.uniform for name in weak) else None


def _magnetization(device, regions, basis, degree):
    magnets = {name: region.magnetization for name, region in regions.items() if region.magnetization is not None}
    uniform = all(magnetization.uniform for magnetization in magnets.values())
    # A uniform m is constant in each cell; a texture is interpolated at the nodes of the spin potential, cell by cell,
    # because it may jump from one ferromagnet to the next.
    element = basix.ufl.element(
        "Lagrange", device.mesh.basix_cell(), 0 if uniform else degree, shape=(len(basis),), discontinuous=True
    )
    function = fem.Function(fem.functionspace(device.mesh, element))
    for name, magnetization in magnets.items():
        cells = np.asarray(device.cells_of(name), dtype=np.int32)
        function.interpolate(lambda x, m=magnetization: basis @ m.at(x * device.length_unit), cells0=cells)
    return function
