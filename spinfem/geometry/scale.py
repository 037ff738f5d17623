"""How large a device is and how fine its cells: where a drawing counts in another unit than the case says, it shows here."""

from dataclasses import dataclass

from spinfem.formatting import humanize

SMALLEST, LARGEST = 1e-9, 1e-3  # m: a device
LIKELY = 1e-8, 1e-4  # m: the size that a device has in the unit that is suggested
ATOM = 1e-10  # m: no cell needs a shorter edge, unless the case asks for it
UNITS = {"1 m": 1.0, "1 mm": 1e-3, "1 um": 1e-6, "1 nm": 1e-9}


@dataclass(frozen=True)
class Scale:
    """Lengths in m."""

    size: tuple[float, ...]
    shortest_edge: float | None
    cells_per_length: (
        float | None
    )  # the least at any contact, for each of the shorter spin diffusion length; None: no contact


def scale_of_mesh(case, quality):
    """The Scale of a case's device, from its MeshQuality."""
    return Scale(
        quality.size,
        min(region.shortest_edge for region in quality.regions.values()) * case.geometry.unit,
        min((contact.cells_per_length for contact in quality.contacts.values()), default=None),
    )


def scale_of_outline(case, outline):
    """The Scale of a checked case's drawing, as far as it is known before the mesh is made."""
    unit, lengths = case.geometry.unit, case.diffusion_lengths
    return Scale(
        tuple((b - a) * unit for a, b in zip(outline.low, outline.high, strict=True)),
        None if outline.shortest_edge is None else outline.shortest_edge * unit / 2**case.mesh.refinements,
        min(
            (
                2**case.mesh.refinements * min(lengths[name] for name in pair) / (e * unit)
                for pair, e in outline.edges_at.items()
            ),
            default=None,
        ),
    )


def scale_warnings(case, scale):
    """What is so small or so large that the unit of the drawing is in doubt, a sentence each."""
    if case.geometry.layers is not None:  # their lengths have units of their own
        return
    size, unit = max(scale.size), case.geometry.unit
    said = f"`geometry: unit` is {humanize(unit, 'm')}"
    if not SMALLEST <= size <= LARGEST:
        likely = [name for name, metres in UNITS.items() if LIKELY[0] <= size / unit * metres <= LIKELY[1]]
        guess = (
            f"if the drawing counts in {_plain(likely[-1])}, set unit to {likely[-1]}"
            if likely
            else "set it to what the drawing counts in"
        )
        yield f"the device is {humanize(size, 'm')} large, and {said}: {guess}"
    elif scale.shortest_edge is not None and scale.shortest_edge < min(ATOM, _asked(case)):
        yield (
            f"the shortest edge of a cell is {humanize(scale.shortest_edge, 'm', digits=2)}, less than an atom, and {said}: is the "
            "drawing in that unit, and are there faces that nearly coincide?"
        )


def _plain(unit):
    return {"1 m": "metres", "1 mm": "millimetres", "1 um": "micrometres", "1 nm": "nanometres"}[unit]


def _asked(case):
    """A size well below that of the smallest cells that the case itself asks for, m."""
    if case.geometry.mesh is not None:
        return ATOM / 2**case.mesh.refinements
    shortest = min(case.diffusion_lengths.values())
    return 0.2 * case.mesh.resolution * case.mesh.rim * shortest / 2**case.mesh.refinements
