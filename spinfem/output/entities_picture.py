"""A drawing or a mesh with the number of every part and every face on it."""

from itertools import combinations

import numpy as np

from spinfem.geometry.simplices import unit_normals
from spinfem.output.slide import PALETTE

_NAMES = 30  # in the legend
_STRETCHED = 8  # longer shapes are drawn wider than they are
_BEND = np.cos(np.radians(30))  # of normals at an edge that is drawn
_ROOM = np.array([40, 30])  # of a number, pixels
_MOST = 20_000  # triangles of a part: a picture of more shows no more


def draw_entities(path, entities, title):
    """Draw the Entities of a file (`spinfem.geometry.entities`) with their numbers into `path`, which is returned."""
    from matplotlib.figure import Figure

    flat = max(entity.dimension for entity in entities) == 2
    figure = Figure(figsize=(9, 6), dpi=130, layout="constrained")
    axes = figure.add_subplot(projection=None if flat else "3d")
    parts = [entity for entity in entities if entity.dimension == entities[0].dimension]
    faces = [entity for entity in entities if entity.dimension < entities[0].dimension]
    for number, part in enumerate(parts):
        (_fill if flat else _shade)(axes, part, PALETTE[number % len(PALETTE)])
    for face in faces:
        if flat:
            axes.plot(*face.corners[:, :, :2].transpose(2, 1, 0), color="0.25", lw=1)
    low, high = np.min([p.low for p in parts], axis=0), np.max([p.high for p in parts], axis=0)
    if flat:
        width, height = (high - low)[:2]
        axes.autoscale_view()
        if 1 / _STRETCHED < height / width < _STRETCHED:
            axes.set(aspect="equal")
    else:
        axes.set(**dict(zip(("xlim", "ylim", "zlim"), zip(low, high, strict=True), strict=True)))
        axes.set_box_aspect(np.maximum(high - low, 0.25 * (high - low).max()), zoom=0.9)  # thin layers stay to be seen
        axes.set(zlabel="z")
    kinds = ("surfaces", "curves") if flat else ("volumes", "faces")
    axes.set(xlabel="x", ylabel="y", title=f"{title}: {kinds[0]} in boxes, {kinds[1]} without")
    _legend(figure, parts, faces)
    figure.draw_without_rendering()  # where things are is known after the layout
    _number(axes, parts, faces, flat)
    figure.savefig(path)
    return path


def _number(axes, parts, faces, flat):
    """The numbers of all entities beside each other, each with a line to its place where it had to move."""
    places = np.array([_middle(entity) for entity in parts + faces])
    if flat:
        places = places[:, :2]
    else:
        from mpl_toolkits.mplot3d.proj3d import proj_transform

        places = np.transpose(proj_transform(*places.T, axes.get_proj())[:2])
    pixels = axes.transData.transform(places)
    moved = _apart(pixels)
    looks = [_PART] * len(parts) + [_FACE] * len(faces)
    for entity, place, shift, look in zip(
        parts + faces, places, (moved - pixels) * 72 / axes.figure.dpi, looks, strict=True
    ):
        text = str(entity.name if entity.tag is None else entity.tag)
        arrow = (
            {"arrowstyle": "-", "lw": 0.5, "color": "0.3", "shrinkA": 0, "shrinkB": 0} if np.hypot(*shift) > 4 else None
        )
        axes.annotate(
            text,
            place,
            shift,
            textcoords="offset points",
            ha="center",
            va="center",
            zorder=10,
            arrowprops=arrow,
            **look,
        )


def _apart(pixels):
    """Places, (n, 2), no two of which are nearer to each other than a number is large, as near to `pixels` as pushing leads."""
    rng = np.random.default_rng(0)
    moved = pixels + rng.uniform(-1, 1, pixels.shape)  # so that no two coincide
    for _ in range(300):
        offset = moved[:, None] - moved[None]
        overlap = np.maximum(1 - np.abs(offset) / _ROOM, 0).min(axis=2)
        np.fill_diagonal(overlap, 0)
        if not overlap.any():
            break
        moved += 0.25 * np.sum(overlap[:, :, None] * np.sign(offset) * _ROOM, axis=1)
    return moved


_PART = {"fontsize": 11, "fontweight": "bold", "bbox": {"boxstyle": "round", "fc": "white", "ec": "0.3", "alpha": 0.85}}
_FACE = {
    "fontsize": 9,
    "color": "0.1",
    "bbox": {"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.6},
}


def _legend(figure, parts, faces):
    """The names that there are: of parts with their colours, of faces."""
    from matplotlib.patches import Patch

    shown = [Patch(color=PALETTE[n % len(PALETTE)], alpha=0.45, label=_label(part)) for n, part in enumerate(parts)]
    shown += [Patch(color="none", label=_label(face)) for face in faces if face.name]
    figure.legend(handles=shown[:_NAMES], loc="outside right upper", frameon=False)


def _label(entity):
    return " ".join(str(part) for part in (entity.tag, entity.name) if part not in (None, ""))


def _middle(entity):
    """The middle of the simplex nearest to the centre: on the entity itself, which may be a ring."""
    middles = entity.corners.mean(axis=1)
    return middles[np.argmin(np.linalg.norm(middles - entity.centre, axis=1))]


def _fill(axes, part, colour):
    from matplotlib.collections import PolyCollection

    axes.add_collection(
        PolyCollection(part.corners[:, :, :2], facecolor=colour, edgecolor="none", alpha=0.45, antialiased=False)
    )


def _shade(axes, part, colour):
    from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection

    surface = _surface(part.corners)
    axes.add_collection3d(Line3DCollection(_edges(surface), colors="0.35", linewidths=0.7))
    step = len(surface) // _MOST + 1
    axes.add_collection3d(Poly3DCollection(surface[::step], facecolor=colour, edgecolor="none", alpha=0.18))


def _surface(tetrahedra):
    """The triangles (n, 3, 3) that belong to one of the tetrahedra (m, 4, 3) alone."""
    _, nodes = np.unique(tetrahedra.reshape(-1, 3), axis=0, return_inverse=True)
    cells = nodes.reshape(-1, 4)
    triangles = np.concatenate([cells[:, sides] for sides in combinations(range(4), 3)])
    corners = np.concatenate([tetrahedra[:, sides] for sides in combinations(range(4), 3)])
    _, first, count = np.unique(np.sort(triangles, axis=1), axis=0, return_index=True, return_counts=True)
    return corners[first[count == 1]]


def _edges(triangles):
    """The sides (n, 2, 3) along which the triangles (m, 3, 3) of a surface bend."""
    _, nodes = np.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    nodes = nodes.reshape(-1, 3)
    ends = np.concatenate([nodes[:, pair] for pair in combinations(range(3), 2)])
    sides = np.concatenate([triangles[:, pair] for pair in combinations(range(3), 2)])
    ends.sort(axis=1)
    order = np.lexsort(ends.T)
    ends, sides, normals = ends[order], sides[order], np.tile(unit_normals(triangles), (3, 1))[order]
    same = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1))
    bends = np.abs(np.sum(normals[same] * normals[same + 1], axis=1)) < _BEND
    return sides[same[bends]]
