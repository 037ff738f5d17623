"""A device given as a list of layers: what one of them is, and what the list as a whole has to have."""

from collections.abc import Iterator
from typing import Annotated, Literal, Union

from pydantic import BeforeValidator, Field, ValidationInfo

from spinfem.case.names import RegionName
from spinfem.case.quantity import Length
from spinfem.case.validation import Checked, said

MOST = 10_000  # layers
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


class Repeat(Checked):
    """Layers that follow each other several times, as in a superlattice: `- {repeat: 10, layers: [{name: magnet, thickness: 3 nm}, {name: spacer, thickness: 1 nm}]}`."""

    repeat: int = Field(ge=1, le=MOST)
    """How many times."""
    layers: tuple["AnyLayer", ...] = Field(min_length=1)
    """What is repeated: layers, and among them what is repeated itself."""


def _layer(given, info: ValidationInfo):
    if isinstance(given, dict):
        model = Repeat if given.keys() & {"repeat", "layers"} else Layer
        return model.model_validate(given, context=info.context)
    return given


AnyLayer = Annotated[Union[Layer, Repeat], BeforeValidator(_layer)]  # noqa: UP007  (one name of the two is not known yet)
Repeat.model_rebuild()


def one_by_one(layers, path=()) -> Iterator[tuple[tuple, Layer]]:
    """(path in the case, Layer) for every Layer of the list, as often as it comes."""
    for i, layer in enumerate(layers):
        if isinstance(layer, Repeat):
            for _ in range(layer.repeat):
                yield from one_by_one(layer.layers, (*path, i, "layers"))
        else:
            yield (*path, i), layer


def count(layers) -> int:
    """How many layers that makes."""
    return sum(layer.repeat * count(layer.layers) if isinstance(layer, Repeat) else 1 for layer in layers)


def check_layers(geometry) -> None:
    """Raises a ValidationError that says everything that does not fit together in a Geometry of layers."""
    faults: list = [] if geometry.layers else [(("layers",), [], "is empty: a device has at least one layer")]
    if count(geometry.layers) > MOST:
        raise said([(("layers",), None, f"makes {count(geometry.layers):,} layers; {MOST:,} are allowed")], "geometry")
    for path, layer in dict(one_by_one(geometry.layers, ("layers",))).items():
        if layer.name in ENDS:
            message = f"a layer may not be called {layer.name}: that is one of the two terminals"
            faults.append(((*path, "name"), layer.name, message))
        if "/" in layer.name:
            message = 'may not have "/" in it: that separates the sides of an interface'
            faults.append(((*path, "name"), layer.name, message))
        faults += [
            ((*path, key), getattr(layer, key), _no_own(key, geometry.dimension))
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
