"""Spins from the left end of strips with spin-orbit fields, seen from above: python docs/spin_helix.py [-o DIR] (in the environment; a minute).

The case is cases/spin_helix.yaml: equal Rashba and Dresselhaus fields, then Rashba's alone, in a strip of two widths. Writes DIR/spin_helix.png.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np

import spinfem

matplotlib.use("Agg")
from matplotlib import pyplot as plt

TREE = Path(__file__).parent.parent
LENGTH, ARROWS = 16e-6, 33  # m; arrows along it
DRIVE = 1e-3  # V
DRESSELHAUS = "regions.gas.terms.spin_orbit.dresselhaus"
STRIPS = (  # title, width in um, changes
    ("Rashba = Dresselhaus", 4, {}),
    ("Rashba alone", 4, {DRESSELHAUS: "0 /um"}),
    ("Rashba alone, a wider strip", 12, {DRESSELHAUS: "0 /um"}),
)


def spins(width, changes):
    """(x, y, v): v on a grid over the strip, (ny, nx, 3), in units of what comes in."""
    case = spinfem.load(TREE / "cases" / "spin_helix.yaml")
    plain = {"geometry.width": f"{width} um", "observables": ["terminals"], "solver.error_estimate": False}
    solution = spinfem.solve(case.changed(plain | changes)).state.solution
    x, y = np.linspace(0, LENGTH, 321), np.linspace(-0.5, 0.5, 41) * 0.9999 * width * 1e-6
    grid = np.stack([*np.meshgrid(x, y), np.zeros((len(y), len(x)))], axis=-1)
    return x * 1e6, y * 1e6, solution.at(grid.reshape(-1, 3))[1].reshape(grid.shape) / DRIVE


def draw(path):
    """Colour: v_z. Arrows in the middle: v_x along x, v_z upwards."""
    heights = [max(width, 6) for _, width, _ in STRIPS]
    size = {"figsize": (10, 6.4), "dpi": 110, "layout": "constrained"}
    figure, panels = plt.subplots(len(STRIPS), 1, sharex=True, height_ratios=heights, **size)
    for panel, (title, width, changes) in zip(panels, STRIPS, strict=True):
        x, y, v = spins(width, changes)
        shown = panel.pcolormesh(
            x, y, v[..., 2], cmap="PuOr_r", vmin=-0.8, vmax=0.8, shading="gouraud", rasterized=True
        )
        here = slice(4, None, len(x) // ARROWS)
        middle = v[len(y) // 2, here]
        panel.quiver(x[here], 0 * x[here], middle[:, 0], middle[:, 2], pivot="mid", scale=18, width=0.0025)
        panel.set(title=title, ylabel="y (µm)")
    panels[-1].set_xlabel("x along [110] (µm)")
    figure.colorbar(shown, ax=panels, label="v$_z$ (mV); arrows: v$_x$ and v$_z$", extend="both", shrink=0.7)
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("results/spin_helix"))
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    draw(given.output / "spin_helix.png")


if __name__ == "__main__":
    main()
