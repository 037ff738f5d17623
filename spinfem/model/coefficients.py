"""Material parameters as functions on the mesh, in the scaled units of the operator."""

from dataclasses import dataclass

import basix.ufl
import numpy as np
from dolfinx import fem

from spinfem.case.operator_scale import Scale
from spinfem.case.plugins import Term
from spinfem.case.terms import terms_of


@dataclass(frozen=True)
class Coefficients:
    """What the bulk form needs at a point. The numbers of the terms are attributes too, e.g. `conductivity`: piecewise constant functions."""

    terms: tuple[type[Term], ...]  # that act in this device
    numbers: dict[str, fem.Function]  # name -> one value in each region
    magnetization: fem.Function  # m in the spin basis, zero in normal metals; shape (n,)
    free_texture: fem.Function | None  # 1 in weak ferromagnets if one of them has a texture
    region_weight: fem.Function  # 1, or the indicator of the regions whose flux is wanted
    axes: fem.Constant  # the spin basis, shape (n, 3); a constant, so that all bases share a compiled kernel

    def __getattr__(self, name):
        if name != "numbers" and name in self.numbers:
            return self.numbers[name]
        raise AttributeError(name)


def coefficients(device, regions, basis, degree):
    """Coefficients of `regions` (name -> Region) on the device; `basis` is the spin basis, shape (n, 3)."""
    scale = scale_of(device, regions)
    terms = acting(regions, device.mesh.topology.dim, scale)
    values = {name: numbers_of(region, terms, scale) for name, region in regions.items()}
    names = next(iter(values.values()))
    return Coefficients(
        terms=terms,
        numbers={key: by_region(device, {name: values[name][key] for name in regions}) for key in names},
        magnetization=_magnetization(device, regions, basis, degree),
        free_texture=_free_texture(device, regions),
        region_weight=by_region(device, dict.fromkeys(regions, 1.0)),
        axes=fem.Constant(device.mesh, basis),
    )


def scale_of(device, regions):
    """The Scale of a device of `regions`."""
    return Scale(max(region.material.conductivity for region in regions.values()), device.length_unit)


def acting(regions, dimension, scale):
    """The Terms of which there is any in a device, in an order that is always the same: the others stay out of the compiled kernel."""
    found = []
    for term in terms_of(regions):
        acts = term.acts(regions, dimension)
        if acts is None:
            acts = any(any(term.numbers(region, scale).values()) for region in regions.values())
        found += [term] * acts
    return tuple(found)


def numbers_of(region, terms, scale):
    """Name -> coefficient of a Region, of all `terms`."""
    found = {}
    for term in terms:
        own = term.numbers(region, scale)
        if twice := own.keys() & found.keys():
            raise TypeError(
                f"{term.__qualname__} and another term both have a number called {', '.join(sorted(twice))}"
            )
        found |= own
    return found


def by_region(device, values):
    """A piecewise constant function with one value for each region (zero in regions that are not named)."""
    function = fem.Function(device.cellwise)
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
