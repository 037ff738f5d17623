"""A map of how far spin goes along two films, over their thicknesses: `python -m spinfem.output.bilayer_map FILE.png`.

The colour is 1/(k lambda_N), k the slowest decay of the strip (`spinfem.theory.bilayer`). Where it is much more than 1,
loop currents carry spin beyond the spin diffusion length; the dashed line, d_F + d_N = pi lambda_N, is where that
begins for equal conductivities.
"""

import argparse

import numpy as np
from matplotlib import colors, rc_context
from matplotlib.figure import Figure

from spinfem.theory.bilayer import reach

_POINTS = 41
_RANGE = (0.1, 20.0)  # thickness over lambda_N


def draw_map(path, **strip):
    """Write the PNG; `strip` as for `reach`. Returns its path."""
    thickness = np.geomspace(*_RANGE, _POINTS)
    values = reach(thickness, thickness, **strip)
    with rc_context({"font.size": 14, "axes.labelsize": 16, "mathtext.default": "regular"}):
        figure = Figure(figsize=(9.5, 8), dpi=150, layout="constrained")
        axes = figure.subplots()
        norm = colors.LogNorm(values.min(), values.max())
        image = axes.pcolormesh(thickness, thickness, values, cmap="viridis", norm=norm, shading="gouraud")
        lines = axes.contour(thickness, thickness, values, levels=(1, 1.5, 2, 3, 5, 8), colors="black", linewidths=1)
        axes.clabel(lines, fmt="%g", fontsize=13)
        d_f = np.geomspace(_RANGE[0], np.pi - _RANGE[0], 200)
        axes.plot(d_f, np.pi - d_f, "--", color="white", linewidth=2)
        axes.set(xscale="log", yscale="log", xlabel="$d_F$ / $λ_N$", ylabel="$d_N$ / $λ_N$")
        figure.colorbar(image, label="decay length of spin / $λ_N$")
        figure.savefig(path)
    return path


def main(arguments=None) -> None:
    parser = argparse.ArgumentParser("spinfem.output.bilayer_map", description="Decay length over both thicknesses.")
    parser.add_argument("file", metavar="FILE.png")
    parser.add_argument("--polarization", type=float, default=0.5, help="P of the ferromagnet (default 0.5)")
    parser.add_argument("--conductivity", type=float, default=1.0, help="sigma_F / sigma_N (default 1)")
    parser.add_argument("--magnet-length", type=float, default=0.25, help="lambda_F / lambda_N (default 0.25)")
    strip = vars(parser.parse_args(arguments))
    try:
        print(draw_map(strip.pop("file"), **strip))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
