"""What lies in a folder of results: JSON, tables, pictures."""

import base64
import csv
import json
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from spinfem.output.report.parts import Picture
from spinfem.study.results import Chart, Table

_WIDTH = 1600  # pixels; what is wider is made smaller
_HEAVY = 150_000  # bytes; what is heavier is written anew
_QUALITY = 88

# In the order in which a page shows them.
_CAPTIONS = {
    "potentials": "Potentials along the device",
    "charge_potential": "Charge potential",
    "spin_potential": "Spin potential",
    "charge_current": "Charge current",
    "spin_current": "Spin current",
    "temperature": "Temperature",
    "heat_current": "Heat current",
    "circulation": "Charge current lines",
    "torque": "Torque on the faces of magnets",
    "torque_volume": "Torque inside magnets",
}
_KINDS = {
    "results.json": "all numbers, in SI units",
    "table.csv": "table of the sweep, in SI units",
    "table.parquet": "table of the sweep, in SI units",
    "sweep.json": "what is swept",
    "case.yaml": "the case as it ran",
    "failed.json": "why it failed, with the residuals",
    "fields.pvtu": "fields for ParaView",
    "torque.pvtu": "torque on faces, for ParaView",
    "torque_volume.pvtu": "torque inside, for ParaView",
    ".csv": "table",
    ".png": "picture",
    ".json": "for other programs",
    ".cir": "SPICE sub-circuit",
    ".pvtu": "for ParaView",
    ".pvd": "for ParaView",
    ".py": "script",
}
_NOT_FOR_PEOPLE = ("report.html", "scene.json")


class Unreadable(ValueError):
    """A file of the folder is not what it should be."""


def read_json(path):
    """The contents of a JSON file, None if there is none. Raises Unreadable."""
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{path.name} is not what spinfem writes")
    return found


def read_text(path):
    """A text file, "" if there is none."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def read_table(path, charts=(), notes=()):
    """The Table of a CSV file whose headers carry units; charts, notes: as results.json keeps them. None if there is no such file."""
    if not path.is_file():
        return None
    with open(path, newline="", encoding="utf-8") as file:
        headers, *rows = list(csv.reader(file)) or [[]]
    values = np.array(rows, dtype=float).reshape(len(rows), len(headers))
    columns = {name: (unit, values[:, k]) for k, (name, unit) in enumerate(map(name_and_unit, headers))}
    charts = [Chart(**(c | {"y": tuple(c["y"]), "points": tuple(c["points"])})) for c in charts]
    return Table(path.stem, columns, tuple(charts), tuple(notes))


def name_and_unit(header):
    """ "x [m]" -> ("x", "m")."""
    name, _, unit = header.removesuffix("]").rpartition(" [") if header.endswith("]") else (header, "", "")
    return name, unit


def pictures(folder, without=()):
    """The Pictures of the fields of a run, in a sensible order, but for names in `without`."""
    names = [path.stem for path in sorted(folder.glob("*.png")) if path.stem not in (*without, "geometry")]
    known = [name for name in _CAPTIONS if name in names]
    return [picture(folder / f"{name}.png") for name in (*known, *(n for n in names if n not in known))]


def picture(path, caption=None):
    """The Picture in a PNG file, None if there is none. Large ones become smaller: the page links to the file itself."""
    if not path.is_file():
        return None
    data, kind = path.read_bytes(), "png"
    try:
        with Image.open(BytesIO(data)) as image:
            size = image.size
            if len(data) > _HEAVY:
                smaller = image.convert("RGB")
                smaller.thumbnail((_WIDTH, 10 * _WIDTH), Image.Resampling.LANCZOS)
                packed = BytesIO()
                smaller.save(packed, "WEBP", quality=_QUALITY, method=2)
                data, kind, size = packed.getvalue(), "webp", smaller.size
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from None
    caption = caption or _CAPTIONS.get(path.stem, path.stem.replace("_", " "))
    return Picture(path.name, caption, f"data:image/{kind};base64,{base64.b64encode(data).decode()}", *size)


def files(folder):
    """[(name, what it is)] of the files beside the page."""
    paths = [p for p in sorted(Path(folder).iterdir()) if p.is_file() and p.name not in _NOT_FOR_PEOPLE]
    return [(p.name, _KINDS.get(p.name) or _KINDS.get(p.suffix, "")) for p in paths if not p.name.startswith(".")]
