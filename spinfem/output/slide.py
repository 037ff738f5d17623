"""An image with its lettering, set by matplotlib: title, colour bar or legend, labels. What one would put on a slide."""

from matplotlib import patches
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.transforms import IdentityTransform
from PIL.Image import Resampling

from spinfem.formatting import axis_name

PALETTE = ("#E69F00", "#0072B2", "#CC79A7", "#009E73", "#56B4E9", "#D55E00", "#F0E442", "#999999")  # of regions
_WIDTH = 13.0  # inches
_DPI = 150
_SIGN, _LETTER = 0.8, 0.11  # inches that a colour of the legend takes with the gap behind it, and a letter
_FREE = 0.05  # inches above the image where a label does not touch the title


def region_label(name, region):
    """What a legend says of a region ({material, magnetization}, as in scene.json): name, material, direction of m."""
    material = "" if region["material"] in ("", name) else f": {region['material']}"
    direction = region["magnetization"]
    return f"{name}{material}" + ("" if direction is None else f", m along {axis_name(direction)}")


def write_slide(path, image, title, bar=None, legend=None):
    """Write a PNG. bar: (label, colour map, norm, beyond), beyond: at which ends of the scale there are values that it does not
    reach (matplotlib's word for it: neither, min, max, both); legend: text -> colour."""
    smaller = _WIDTH * _DPI / image.pixels.width
    size = round(_WIDTH * _DPI), round(image.pixels.height * smaller)
    pixels = image.pixels.resize(size, Resampling.LANCZOS)
    height = pixels.height / _DPI + max(_over(image.labels) * smaller / _DPI - _FREE, 0.0)
    below = 1.15 if bar else 0.35 + 0.34 * _rows(legend) + max(_under(image) * smaller / _DPI, 0.0)
    total = height + 0.7 + below
    figure, lift = Figure(figsize=(_WIDTH, total), dpi=_DPI, facecolor="white"), round(below * _DPI)
    figure.figimage(pixels, 0, lift)
    for text, column, row in image.labels:
        place = column * smaller, lift + pixels.height - row * smaller
        figure.text(*place, text, ha="center", va="center", fontsize=15, transform=IdentityTransform())
    figure.text(0.5, 1 - 0.35 / total, title, ha="center", va="center", fontsize=20)
    if bar:
        label, colormap, norm, beyond = bar
        place = figure.add_axes((0.25, 0.62 / total, 0.5, 0.22 / total))
        mappable = ScalarMappable(norm=norm, cmap=colormap)
        figure.colorbar(mappable, cax=place, orientation="horizontal", extend=beyond).set_label(label, fontsize=16)
        place.tick_params(labelsize=13)
    if legend:
        handles = [patches.Patch(facecolor=colour, edgecolor="black", linewidth=0.6) for colour in legend.values()]
        figure.legend(handles, list(legend), loc="lower center", ncols=columns(legend), fontsize=14, frameon=False)
    figure.savefig(path, dpi=_DPI)
    return path


def _over(labels):
    """Pixels by which the highest of the labels is above the image."""
    return max((-row for _, _, row in labels), default=0.0)


def _under(image):
    """Pixels by which the lowest of the labels is below the image."""
    return max((row - image.pixels.height for _, _, row in image.labels), default=0.0)


def columns(words):
    """In how many columns a legend of these words has room, at most 3."""
    longest = max(map(len, words or ()), default=0)
    return max(1, min(3, len(words or ()), int(_WIDTH / (_SIGN + _LETTER * longest))))


def _rows(legend):
    return -(-len(legend) // columns(legend)) if legend else 0
