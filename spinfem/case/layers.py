"""A device given as a list of layers: what one of them is, and what the list as a whole has to have."""

from pydantic import Field

from spinfem.case.checked import Checked
from spinfem.case.names import RegionName
from spinfem.case.quantity import Length
from spinfem.case.wording import said

ENDS = ("left", "right")  # the terminals of a stack of layers


class Layer(Checked):
    """One layer of a stack. Layers of one name are one region in several pieces."""

    name: RegionName = Field(min_length=1)
    """The region it belongs to."""
    thickness: Length = Field(gt=0)
    """How far it extends along x."""


def check_layers(geometry):
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
    # In 1D both are 1 m, so that what is found counts per square metre.
    for key in ("width", "depth")[: geometry.dimension - 1]:
        if key not in geometry.model_fields_set:
            message = f"is missing: layers in {geometry.dimension}D have a {key}, e.g. {key}: 100 nm"
            faults.append(((key,), None, message))
    if faults:
        raise said(faults, "geometry")
