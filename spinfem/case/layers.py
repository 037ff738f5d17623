"""A device given as a list of layers: what one of them is, and what the list as a whole has to have."""

from typing import Literal

from pydantic import Field

from spinfem.case.names import RegionName
from spinfem.case.quantity import Length
from spinfem.case.validation import Checked, said

ENDS = ("left", "right")  # the terminals of a stack of layers

CrossSection = Literal["box", "ellipse"]
OWN = {"width": (2, 3), "depth": (3,), "cross_section": (3,)}  # what a layer may have of its own, in which dimensions


class Layer(Checked):
    """One layer of a stack. Layers of one name are one region in several pieces."""

    name: RegionName = Field(min_length=1)
    """The region it belongs to."""
    thickness: Length = Field(gt=0)
    """How far it extends along x."""
    width: Length | None = Field(None, gt=0)
    """Its extent along y, in 2D and 3D; if not given, that of the geometry."""
    depth: Length | None = Field(None, gt=0)
    """Its extent along z, in 3D; if not given, that of the geometry."""
    cross_section: CrossSection | None = None
    """In 3D; if not given, that of the geometry."""


def check_layers(geometry) -> None:
    """Raises a ValidationError that says everything that does not fit together in a Geometry of layers."""
    faults: list = [] if geometry.layers else [(("layers",), [], "is empty: a device has at least one layer")]
    faults += [
        (("layers", i, "name"), layer.name, f"a layer may not be called {layer.name}: that is one of the two terminals")
        for i, layer in enumerate(geometry.layers)
        if layer.name in ENDS
    ]
    faults += [
        (("layers", i, "name"), layer.name, 'may not have "/" in it: that separates the sides of an interface')
        for i, layer in enumerate(geometry.layers)
        if "/" in layer.name
    ]
    faults += [
        (("layers", i, key), getattr(layer, key), _no_own(key, geometry.dimension))
        for i, layer in enumerate(geometry.layers)
        for key, dimensions in OWN.items()
        if getattr(layer, key) is not None and geometry.dimension not in dimensions
    ]
    if geometry.cross_section == "ellipse" and geometry.dimension < 3:
        message = f"an ellipse needs three dimensions; layers in {geometry.dimension}D have width times depth"
        faults.append((("cross_section",), "ellipse", message))
    # In 1D both are 1 m, so that what is found counts per square metre.
    for key in ("width", "depth")[: geometry.dimension - 1]:
        if key not in geometry.model_fields_set:
            message = f"is missing: layers in {geometry.dimension}D have a {key}, e.g. {key}: 100 nm"
            faults.append(((key,), None, message))
    if faults:
        raise said(faults, "geometry")


def _no_own(key, dimension):
    wanted = " or ".join(map(str, OWN[key]))
    what = key.replace("_", " ")
    return f"in {dimension}D all layers have the {what} of the geometry; one of their own needs `dimension: {wanted}`"
