"""docs/case-reference.md, docs/case.schema.json and the plugins in spinfem/__init__.pyi, made from the models: python -m spinfem.case.reference docs/"""

import json
import re
import sys
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from spinfem.case import laws
from spinfem.case.conditions import ChargeCondition, HeatCondition, SpinCondition
from spinfem.case.docstrings import description
from spinfem.case.dynamics import Anisotropy, DriveProfile, DynamicDrive, Dynamics, Macrospin, Pulse, Threshold
from spinfem.case.exchange import Exchange
from spinfem.case.fit import DataFile, Fit, FitParameter, Prior
from spinfem.case.geometry import Entities, Geometry
from spinfem.case.heat import Heat
from spinfem.case.layers import Layer, Repeat
from spinfem.case.magnetization.following import SingleDomain, Table
from spinfem.case.magnetization.precessing import Precessing
from spinfem.case.magnetization.stored import Stored
from spinfem.case.materials import Material
from spinfem.case.names import Refers
from spinfem.case.plot import Plot
from spinfem.case.plugin_files import PluginFile
from spinfem.case.plugins import Interface, Observable
from spinfem.case.quantity import Physical
from spinfem.case.region import Region
from spinfem.case.schema import Accuracy, Case, MeshOptions, Output, Solver
from spinfem.case.signal import Signal
from spinfem.case.transient import Transient
from spinfem.case.validation import bounds

REFERENCE, SCHEMA = "case-reference.md", "case.schema.json"
STUB = Path(__file__).parents[1] / "__init__.pyi"

_SECTIONS = (
    ("The whole file", "", Case),
    ("Each plugin", "plugins", PluginFile),
    ("geometry", "geometry", Geometry),
    ("geometry.entities", "geometry.entities", Entities),
    ("Each layer", "geometry.layers.NUMBER", Layer),
    ("Layers that are repeated", "geometry.layers.NUMBER", Repeat),
    ("accuracy", "accuracy", Accuracy),
    ("mesh", "mesh", MeshOptions),
    ("Each region", "regions.NAME", Region),
    ("material", "regions.NAME.material", Material),
    ("Instead of a number of a material: a table", "regions.NAME.material.KEY", laws.Table),
    ("Instead of a number of a material: a formula", "regions.NAME.material.KEY", laws.Formula),
    ("Instead of a number of a material: in proportion", "regions.NAME.material.KEY", laws.Proportional),
    ("magnetization from a file", "regions.NAME.magnetization", Stored),
    ("magnetization that follows the field", "regions.NAME.magnetization", SingleDomain),
    ("magnetization from a table", "regions.NAME.magnetization", Table),
    ("magnetization that precesses", "regions.NAME.magnetization", Precessing),
    ("heat", "heat", Heat),
    ("time", "time", Transient),
    ("dynamics", "dynamics", Dynamics),
    ("Each magnet that moves", "dynamics.magnets.NAME", Macrospin),
    ("Each exchange coupling", "dynamics.exchange.NUMBER", Exchange),
    ("Its anisotropy", "dynamics.magnets.NAME.anisotropy", Anisotropy),
    ("The drive that moves it", "dynamics.drive", DynamicDrive),
    ("A pulse", "dynamics.drive.pulse", Pulse),
    ("Another function of time", "dynamics.drive.profile", DriveProfile),
    ("The threshold", "dynamics.threshold", Threshold),
    ("solver", "solver", Solver),
    ("output", "output", Output),
    ("fit", "fit", Fit),
    ("Each number to be found", "fit.parameters.NAME", FitParameter),
    ("What is known of it beforehand", "fit.parameters.NAME.prior", Prior),
    ("Each file of data", "fit.data.NUMBER", DataFile),
    ("Each plot", "plots", Plot),
)

_HEAD = """# The case file

Made from the models by `python -m spinfem.case.reference docs/`; a test sees to it that it is up to date. Editors that
know JSON schemas complete and check case files with [case.schema.json](case.schema.json): put

    # yaml-language-server: $schema=path/to/docs/case.schema.json

in the first line. A case file is YAML. Quantities are text with a unit, `500 nm`; a bare number is refused where a unit
is needed. Every value can be replaced on the command line: `--set regions.wire.material="Cu @ 300 K"`; entries of lists
are counted from 0, `--set observables.0.decay_length.points=51`; a key with a dot in it goes into quotes;
`--set observables+=dissipation` appends to a list.

A material is a name of the library with its temperature (`spinfem materials`), `Cu @ 4 K` (within 10 %), one of the
case's own `materials`, a name with some values replaced, `{base: Cu @ 300 K, spin_diffusion_length: 400 nm}`, or all
values given; each value a number, or how it depends on temperature and thickness ([materials.md](materials.md)). A magnetization is an
axis (`+x` to `-z`), a vector (`[1, 1, 0]`), angles (`{polar: 90 deg, azimuth: 30 deg}`; polar from +z, azimuth from
+x), three formulas of x, y, z in metres, with the constants nm, um, pi, whose length is 1 everywhere, or the file of a
micromagnetic program:

    magnetization: {expression: ["0", "tanh(x/(20*nm))", "sqrt(1 - tanh(x/(20*nm))**2)"]}
    magnetization: {file: wall.ovf, origin: [200 nm, 0 nm, 0 nm]}
    magnetization: {file: wall.vtu, field: m, unit: 1 nm}

One that follows the magnetic field is a single domain or a table:

    magnetization: {easy_axis: +y, anisotropy_field: 1.8 T}
    magnetization: {table: m_of_field.csv, along: +z}

One at an angle between two directions, and one that precesses:

    magnetization: {from: +x, towards: +y, angle: 30 deg}
    magnetization: {precessing: +z, frequency: 10 GHz, cone_angle: 1 deg}

A `magnetic_field` is a vector, `[0 T, 0 T, 50 mT]`, or `{magnitude: 50 mT, direction: +z}` with a direction like that of a magnetization, so that a sweep
can have the magnitude (`magnetic_field.magnitude`) or the angle (`magnetic_field.direction.polar`) as an axis.

`sweep` runs the case over values of anything in it (`spinfem sweep CASE.yaml`). Axes multiply; those in a group `zip` go together:

    sweep:
      geometry.parameters.separation: [200 nm, 350 nm, 500 nm]
      regions.wire.material.spin_diffusion_length: {from: 100 nm, to: 1 um, points: 20, scale: log}
      zip:
        geometry.parameters.wire_width: [50 nm, 100 nm]
        geometry.parameters.wire_thickness: [30 nm, 60 nm]
"""

_CHARGE = """Keys of `terminals.NAME`, those of one kind: `left: {voltage: 1 mV}`, `right: {floating: true}`. All of a terminal is at one potential, unless it is `insulated`."""
_SPIN = """Key: `terminals.NAME.spin`, the word or the keys of one kind: `spin: sink`, `spin: {resistance_area: 1 fohm m^2}`. Left out it is `sink` where
something drives the terminal, 0 V and 0 A included, and `reflecting` at what floats."""
_HEAT = """Key: `terminals.NAME.heat`, the word or the keys of one kind, where the case has `heat`: `heat: bath`, `heat: {rise: 10 K}`. Left out it is `bath` where
something drives the terminal, 0 V and 0 A included, and `insulated` at what floats."""
_SIGNALS = """Key: `time.drive.TERMINAL`, a factor of what the terminal's entry gives: a kind, `injector_end: step`, or with keys, `injector_end: {KIND: {KEY: VALUE, ...}}`."""


def reference() -> str:
    """The text of the reference page."""
    parts = [_HEAD]
    parts += [f"## {title}\n\n{_path(path)}{_text(model)}\n\n{_rows(model)}" for title, path, model in _SECTIONS]
    parts += _kinds("Terminals: charge", _CHARGE, ChargeCondition)
    parts += _kinds("Terminals: spin", _SPIN, SpinCondition)
    parts += _kinds("Terminals: heat", _HEAT, HeatCondition)
    parts += _kinds("Interfaces", "Key: `interfaces.SIDE1/SIDE2`. `type: resistive` may be left out.", Interface)
    parts += _kinds("Observables", "Entries of `observables`: `- KIND` or `- KIND: {KEY: VALUE, ...}`.", Observable)
    parts += _kinds("Signals", _SIGNALS, Signal)
    return "\n".join(parts)


def schema():
    """The JSON schema as text."""
    contents = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Case.model_json_schema(
        schema_generator=_Described
    )
    return json.dumps(contents, indent=2, ensure_ascii=False) + "\n"


class _Described(GenerateJsonSchema):
    """With what is said of each field."""

    def model_schema(self, schema):
        """That of a model."""
        found, model = super().model_schema(schema), schema["cls"]
        for name, field in model.model_fields.items():
            entry = found.get("properties", {}).get(field.validation_alias or name)
            if entry is not None and (text := description(model, field)):
                entry["description"] = text
        return found


def meaning(model, field) -> str:
    """What a field of a model takes and what it is for, on one line."""
    limits = bounds(field)
    takes = _takes(field.annotation, field.metadata) + (f" ({limits})" if limits else "")
    return ": ".join(text for text in (takes, " ".join(description(model, field).split())) if text)


def _path(path):
    return f"Key: `{path}`. " if path else ""


def _text(model):
    return cleandoc(model.__doc__ or "")


def _rows(model):
    rows = ["| key | default | |", "|---|---|---|"]
    for key, field in model.model_fields.items():
        rows.append(
            f"| `{field.validation_alias or key}` | {_default(field)} | {meaning(model, field).replace('|', chr(92) + '|')} |"
        )
    return "\n".join(rows) + "\n"


def _kinds(title, text, base):
    yield f"## {title}\n\n{text}\n"
    for kind, model in base.kinds.items():
        yield f"### {kind}\n\n{_text(model)}\n\n{_rows(model) if model.model_fields else ''}"


def _default(field):
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None or default in ("", (), {}) or isinstance(default, BaseModel):
        return ""
    unit = next((mark.unit for mark in field.metadata if isinstance(mark, Physical)), "")
    return f"`{json.dumps(default)}{' ' if unit else ''}{unit}`"


def _takes(annotation, marks=()):
    """The kind of value that a type stands for, in words."""
    if get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        marks = (*marks, *more)
    for mark in marks:
        if isinstance(mark, Physical | Refers):
            return mark.allowed.replace('"', "`")
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in arguments)
    if get_origin(annotation) in (Union, UnionType):
        return " or ".join(filter(None, (_takes(arm) for arm in arguments if arm is not NoneType)))
    if get_origin(annotation) is tuple and arguments[-1] is not Ellipsis:
        each = _takes(arguments[0])
        return f"a list of {len(arguments)}{f', each {each}' if each else ''}"
    return {bool: "`true` or `false`", int: "a whole number", float: "a number", str: "text"}.get(annotation, "")


def stub(text) -> str:
    """The text of spinfem/__init__.pyi with every plugin of spinfem that a case can hold."""
    models = [
        model for base in (Observable, Interface, SpinCondition, HeatCondition, Signal) for model in base.kinds.values()
    ]
    models = [model for model in models if model.model_fields]  # what has no keys is a word
    plugins = [f"from {model.__module__} import {model.__name__} as {model.__name__}" for model in models]
    others = [
        line
        for line in text.splitlines()
        if not re.match(r"from spinfem\.(observables|case\.signals|model\.(interfaces|terminals))\.", line)
    ]
    first = next(i for i, line in enumerate(others) if line.startswith("from "))
    last = others.index("", first)
    return "\n".join([*others[:first], *sorted(others[first:last] + plugins), *others[last:], ""])


def main(folder) -> None:
    """Writes them."""
    (Path(folder) / REFERENCE).write_text(reference(), encoding="utf-8")
    (Path(folder) / SCHEMA).write_text(schema(), encoding="utf-8")
    STUB.write_text(stub(STUB.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
