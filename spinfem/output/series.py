"""Files of one kind as a series in time: a .pvd collection, which ParaView opens like one file."""

import os
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True)
class Series:
    """A .pvd file read back."""

    parameter: str  # what time stands for
    unit: str
    files: tuple  # paths, in the order of time


def write_series(path, files, parameter, unit=""):
    """Write the .pvd file `path` for `files`, pairs (time, path of a file); returns `path`. Rank 0 only.

    parameter, unit: what time stands for, kept beside what VTK reads.
    """
    lines = [
        '<?xml version="1.0"?>',
        '<VTKFile type="Collection" version="0.1">',
        f"<Collection parameter={quoteattr(parameter)} unit={quoteattr(unit)}>",
        *(
            f'<DataSet timestep={quoteattr(f"{time:.12g}")} part="0" file={quoteattr(_relative(file, path))}/>'
            for time, file in sorted(files, key=lambda pair: pair[0])
        ),
        "</Collection>",
        "</VTKFile>",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_series(path):
    """The Series in a .pvd file of `write_series`."""
    (collection,) = ElementTree.parse(path).getroot().iter("Collection")
    files = tuple(path.parent / entry.attrib["file"] for entry in collection)
    return Series(collection.get("parameter", "time"), collection.get("unit", ""), files)


def _relative(file, path):
    return os.path.relpath(file, path.parent).replace(os.sep, "/")
