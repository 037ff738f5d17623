"""What a case says about its device, before anything is meshed. Without DOLFINx: `spinfem check` needs no more."""

from dataclasses import replace
from itertools import combinations
from math import log2
from typing import NamedTuple

from spinfem.case.terms import layer_lengths, with_layers_at_faces
from spinfem.geometry.drawing import Drawing
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.foresight import Metals
from spinfem.geometry.layers import Stack
from spinfem.geometry.pillar import Section
from spinfem.geometry.reading import outline
from spinfem.geometry.sizing import Sizing

_OF_SHAPE = 0.5  # of the error that is allowed may be that of the shape


def outline_of(case):
    """The Outline of a case's drawing."""
    return outline(_drawing(case.geometry), _sizing(case, 1.0))


class Recipe(NamedTuple):
    """All that a device is made from: equal recipes make equal devices."""

    drawing: Drawing
    sizing: Sizing
    refinements: int = 0


def recipe_of(case, coarsen=1.0):
    """The Recipe of a case's device, all cells larger by the factor `coarsen` than the case says.

    Where the case refines the mesh, a mesh twice as coarse is the one before the last refinement: nested in it.
    """
    drawing = _drawing(case.geometry)
    if case.chooses_mesh and (drawing.kind != "layers" or drawing.sections):
        sizing = _sizing(case, 1.0)
        alike = dict.fromkeys(sizing.diffusion_lengths, 1.0)
        return Recipe(drawing, replace(sizing, first=True, diffusion_lengths=alike))
    refinements, steps = case.mesh.refinements, log2(coarsen)
    if steps == int(steps) and refinements >= steps:
        refinements, coarsen = refinements - int(steps), 1.0
    elif case.geometry.mesh is not None:
        raise GeometryError(
            "geometry.mesh",
            case.geometry.mesh,
            "a mesh file cannot be made coarser, so there is no coarser twin to estimate the error with; "
            "set `mesh: {refinements: 1}`, or `solver: {error_estimate: false}`",
        )
    return Recipe(drawing, _sizing(case, coarsen), refinements)


def meshed_by_gmsh(case) -> bool:
    """Does Gmsh take part in making the device of a case?"""
    drawing = _drawing(case.geometry)
    return drawing.kind != "layers" or bool(drawing.sections)


def metals_of(case):
    """The Metals that the mesh of a case is to resolve."""
    sizing, unit = _sizing(case, 1.0), case.geometry.unit
    materials = case.materials_of_mesh
    regions = {name: region.filled(material=materials[name]) for name, region in case.regions.items()}
    lengths = layer_lengths(regions)
    return Metals(
        layers={name: tuple(length / unit for length in found) for name, found in lengths.items()},
        conductivities={name: m.magnon_conductivity or m.conductivity for name, m in materials.items()},
        seams=sizing.seams,
        barriers=frozenset(frozenset(name.split("/")) for name, law in case.interfaces.items() if law.breaks),
        spin_terminals=sizing.spin_terminals,
        filled=with_layers_at_faces(regions),
        passed=frozenset(name for name, terminal in case.terminals.items() if terminal.charge.equipotential),
        shape_missed=_OF_SHAPE * case.goal.target,
        target=case.goal.target,
    )


def _drawing(geometry):
    if geometry.layers is not None:
        return _layers(geometry)
    kind = next(kind for kind in ("script", "mesh", "cad") if getattr(geometry, kind) is not None)
    entities = geometry.entities
    return Drawing(
        path=getattr(geometry, kind),
        kind=kind,
        parameters=dict(geometry.parameters),
        unit=geometry.unit,
        depth=geometry.depth,
        regions=dict(entities.regions) if entities else {},
        terminals=dict(entities.terminals) if entities else {},
        facets=geometry.facets,
        written=tuple(_written(file) for file in (getattr(geometry, kind), geometry.facets) if file is not None),
    )


def _written(file):
    try:
        status = file.stat()
    except OSError:  # that it is not there is told by whoever reads it
        return None
    return status.st_mtime_ns, status.st_size


def _layers(geometry):
    unit, dimension = geometry.unit, geometry.dimension
    return Drawing(
        path=None,
        kind="layers",
        unit=unit,
        depth=geometry.width * geometry.depth if dimension == 1 else geometry.depth,
        layers=Stack(
            layers=tuple((layer.name, layer.thickness / unit) for layer in geometry.stack),
            across=_section(geometry, geometry).across,
        ),
        sections=_sections(geometry),
    )


def _sections(geometry):
    """The Section of each layer; none if all are the box that the geometry says."""
    sections = tuple(_section(geometry, layer) for layer in geometry.stack)
    return sections if any(section.ellipse or section != _section(geometry, geometry) for section in sections) else ()


def _section(geometry, layer):
    """The Section of a layer: what it does not say itself, the geometry says."""
    own = {key: getattr(layer, key) or getattr(geometry, key) for key in ("width", "depth", "cross_section")}
    across = (own["width"] / geometry.unit, own["depth"] / geometry.unit)[: geometry.dimension - 1]
    return Section(across, ellipse=own["cross_section"] == "ellipse")


def _sizing(case, coarsen):
    unit, regions = case.geometry.unit, case.regions
    joined = {frozenset(name.split("/")) for name in case.interfaces}
    alike = {frozenset((a, b)) for a, b in combinations(regions, 2) if regions[a] == regions[b]}
    return Sizing(
        diffusion_lengths={name: m.spin_diffusion_length / unit for name, m in case.materials_of_mesh.items()},
        seams=frozenset(alike - joined),
        spin_terminals=tuple(name for name, terminal in case.terminals.items() if terminal.spin.drives),
        resolution=case.mesh.resolution,
        rim=case.mesh.rim,
        growth=case.mesh.growth,
        size=None if case.mesh.size is None else case.mesh.size / unit,
        coarsen=coarsen,
    )
