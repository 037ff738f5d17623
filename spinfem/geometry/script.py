"""Parametric Gmsh scripts (.geo): their parameters, and the open model that belongs to a choice of them.

A parameter is an ONELAB number of the script, i.e. an entry of DefineConstant with a `Name`: what has a slider in
Gmsh's own window. It is known here by the last part of that name without the digits that sort it:
"Device/1wire_width" is `wire_width`. The attribute Units says what its number counts.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from spinfem.case.outline import Parameter
from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_errors

UNLIMITED = 1e200  # ONELAB's infinity


@dataclass(frozen=True)
class ScriptParameter(Parameter):
    """A number of a script that people choose."""

    onelab_name: str = ""

    def admits(self, value):
        """Whether the script allows this value, given in the parameter's unit."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


def open_script(path):
    """Makes the script's model, as it is without any choice, the open one. Returns its parameters by name."""
    if not Path(path).is_file():
        raise GeometryError("geometry.script", path, "there is no such file")
    if not Path(path).read_bytes().rstrip(b" \t").endswith(b"\n"):
        raise GeometryError("geometry.script", path, "its last line has no end: Gmsh would pass over it without a word")
    with gmsh_errors("geometry.script", path):
        gmsh.open(str(path))
    return _parameters(path)


def choose(path, known, values) -> None:
    """Makes the script's model with `values` (name -> number in the unit of the parameter) the open one."""
    if not values:
        return
    gmsh.clear()
    for name, value in values.items():
        gmsh.onelab.setNumber(known[name].onelab_name, [value])
    with gmsh_errors("geometry.script", path):
        gmsh.open(str(path))


def _parameters(path):
    """Name -> ScriptParameter of the open script, in the order of Gmsh's window."""
    found = {}
    for entry in json.loads(gmsh.onelab.get())["onelab"]["parameters"]:
        if entry["type"] != "number" or entry["readOnly"] or entry["name"].startswith("Gmsh/"):
            continue
        name = entry["name"].rsplit("/", 1)[-1].lstrip("0123456789")
        if name in found:
            raise GeometryError("geometry.script", path, f"two of its parameters are called {name}")
        minimum, maximum = _range(entry)
        found[name] = ScriptParameter(
            default=entry["values"][0],
            unit=entry.get("attributes", {}).get("Units") or None,
            minimum=minimum,
            maximum=maximum,
            label=entry.get("label") or name.replace("_", " "),
            onelab_name=entry["name"],
        )
    return found


def _range(entry):
    """Smallest and largest allowed value, None where the script sets no limit."""
    value, low, high = entry["values"][0], entry.get("min", -UNLIMITED), entry.get("max", UNLIMITED)
    # For a number without limits Gmsh makes up those of the slider, from value/20 to 20 value (integers: /5 and 5).
    whole = value == int(value)
    guessed = sorted((value / 5, value * 5)) if whole else sorted((value / 20, value * 20))
    if [low, high] == ([int(end) for end in guessed] if whole else guessed):
        return None, None
    return (None if low <= -UNLIMITED else low), (None if high >= UNLIMITED else high)
