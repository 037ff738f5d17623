"""What a mesh file holds: groups of cells and of facets, each with the tag it has in the file and a name."""

from typing import NamedTuple

import numpy as np

from spinfem.geometry.errors import GeometryError


class Group(NamedTuple):
    """Simplices that belong together."""

    name: str
    tag: int | None  # None: the file knows it by its name only
    nodes: np.ndarray  # (simplices, dimension + 1) rows of the points


class Groups(NamedTuple):
    """Everything in a mesh file that can be a region or a terminal."""

    points: np.ndarray  # (nodes, 2 or 3)
    dimension: int
    regions: tuple[Group, ...]
    terminals: tuple[Group, ...]


def name_of(kind, tag) -> str:
    """What a tag is called that nobody names; kind: region or terminal."""
    return f"{kind}_{tag}"


def check_given(path, kind, given, existing) -> None:
    """Every tag that a person names (`given`: name -> tags) is in the file, once. Raises GeometryError."""
    key = f"geometry.entities.{kind}s"
    holder = {}
    for name, tags in given.items():
        for tag in tags:
            if tag not in existing:
                known = ", ".join(map(str, sorted(existing))) or "none"
                message = f"{name} lists {tag}, which is not in {path.name}; it has {known}"
                raise GeometryError(key, list(tags), message)
            if holder.setdefault(tag, name) != name:
                raise GeometryError(key, tag, f"is given two names, {holder[tag]} and {name}")


def check_file_exists(key, path) -> None:
    """Raises GeometryError where there is no file, or nothing in it."""
    if not path.is_file():
        raise GeometryError(key, path, "there is no such file")
    if path.stat().st_size == 0:
        raise GeometryError(key, path, "this file is empty")
