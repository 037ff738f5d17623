"""Equipotentials and lines of current of cases/anomalous_hall_cross.yaml: python docs/hall_cross.py [-o DIR] (in the environment; some seconds).
Writes DIR/hall_cross.png."""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
from mpi4py import MPI

from spinfem.case.reader import load_case
from spinfem.postprocessing.point_evaluation import sample
from spinfem.study.session import Session

matplotlib.use("Agg")
from matplotlib import pyplot as plt

CASE = Path(__file__).parent.parent / "cases" / "anomalous_hall_cross.yaml"
SIZES = ("geometry.parameters.cross_size=80 nm", "solver.error_estimate=false")
UM = 1e-6
HALF, ARM, POINTS = 1.5, 0.5, 151  # um: half of what is shown, half the width of the wires; of the grid
LINES = np.arange(-450, 451, 50)  # A/m, of the 1000 A/m that flow


def potentials(magnetization):
    """x, y in um; phi in mV and the stream function in A/m on a grid, nan outside the cross."""
    case = load_case(CASE, [f"regions.cross.magnetization={magnetization}", *SIZES])
    session = Session(MPI.COMM_SELF)
    solution = session.simulation(case, session.device(case)).solution()
    axis = np.linspace(-HALF, HALF, POINTS)
    x, y = np.meshgrid(axis, axis)
    inside = (np.abs(x) < ARM + 1e-9) | (np.abs(y) < ARM + 1e-9)
    points = np.stack([x[inside], y[inside], 0 * x[inside]], axis=1) * UM
    fields = np.full((2, *x.shape), np.nan)
    fields[0][inside] = solution.at(points)[0] * 1e3
    fields[1][inside] = np.ravel(sample(solution.device, solution.stream, points))
    return x, y, *fields


def draw(axes, magnetization, title):
    x, y, phi, psi = potentials(magnetization)
    phi -= phi[POINTS // 2, POINTS // 2]
    colours = axes.contourf(x, y, phi, levels=np.arange(-2.6, 2.61, 0.2), cmap="RdBu_r", extend="both")
    axes.contour(x, y, psi, levels=LINES, colors="black", linewidths=0.9, linestyles="solid")
    edge = np.array(
        [
            (1, 1),
            (1, 9),
            (-1, 9),
            (-1, 1),
            (-9, 1),
            (-9, -1),
            (-1, -1),
            (-1, -9),
            (1, -9),
            (1, -1),
            (9, -1),
            (9, 1),
            (1, 1),
        ]
    )
    axes.plot(*(edge * ARM).T, color="0.3", linewidth=1.5)
    axes.set(xlim=(-HALF, HALF), ylim=(-HALF, HALF), aspect="equal", title=title, xlabel="x (µm)", ylabel="y (µm)")
    return colours


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path())
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    figure, panels = plt.subplots(1, 2, figsize=(11, 5.2), layout="constrained", sharey=True)
    for axes, magnetization, title in zip(panels, ("+z", "-z"), ("m up", "m down"), strict=True):
        colours = draw(axes, magnetization, title)
    panels[1].set_ylabel("")
    figure.colorbar(colours, ax=panels, label="potential (mV)", shrink=0.85)
    figure.savefig(folder / "hall_cross.png", dpi=140)


if __name__ == "__main__":
    main()
