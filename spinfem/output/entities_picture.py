"""A drawing or a mesh with the number of every part and every face on it."""

from itertools import combinations

import numpy as np

from spinfem.output.slide import PALETTE

_NAMES = 30  # in the legend
_STRETCHED = 8  # longer shapes are drawn wider than they are
_MOST = 20_000  # triangles of a part: a picture of more shows no more


def draw_entities(path, entities, title):
    """Draw the Entities of a file (`spinfem.geometry.entities`) with their numbers into `path`, which is returned."""
    from matplotlib.figure import Figure

    flat = max(entity.dimension for entity in entities) == 2
    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.add_subplot(projection=None if flat else "3d")
    parts = [entity for entity in entities if entity.dimension == entities[0].dimension]
    faces = [entity for entity in entities if entity.dimension < entities[0].dimension]
    for number, part in enumerate(parts):
        (_fill if flat else _shade)(axes, part, PALETTE[number % len(PALETTE)])
    for face in faces:
        if flat:
            axes.plot(*np.moveaxis(face.corners[:, :, :2], 2, 0).transpose(0, 2, 1), color="0.25", lw=1)
    for entity, look in [(face, _FACE) for face in faces] + [(part, _PART) for part in parts]:
        place = _middle(entity)[: 2 if flat else 3]
        number = entity.name if entity.tag is None else entity.tag
        axes.text(*place, number, ha="center", va="center", zorder=10, **look)
    low, high = np.min([p.low for p in parts], axis=0), np.max([p.high for p in parts], axis=0)
    if flat:
        width, height = (high - low)[:2]
        axes.autoscale_view()
        if 1 / _STRETCHED < height / width < _STRETCHED:
            axes.set(aspect="equal")
    else:
        axes.set(**dict(zip(("xlim", "ylim", "zlim"), zip(low, high, strict=True), strict=True)))
        axes.set_box_aspect(np.maximum(high - low, 0.25 * (high - low).max()))  # thin layers stay to be seen
        axes.set(zlabel="z")
    kinds = ("surfaces", "curves") if flat else ("volumes", "faces")
    axes.set(xlabel="x", ylabel="y", title=f"{title}: {kinds[0]} in boxes, {kinds[1]} without")
    _legend(figure, parts, faces)
    figure.savefig(path, dpi=130)
    return path


_PART = {"fontsize": 11, "fontweight": "bold", "bbox": {"boxstyle": "round", "fc": "white", "ec": "0.3", "alpha": 0.85}}
_FACE = {"fontsize": 8, "color": "0.1"}


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
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    surface = _surface(part.corners)
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
