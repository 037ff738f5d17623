"""Spin signals of valves of Al, Cu and Au by one and by three dimensions: python docs/lateral_valves.py [-o DIR] (in the environment; some minutes).

The points are those of the sweep of cases/lateral_valves_1d_3d.yaml, at 300 K and at 77 K. The one-dimensional formula is drawn for the same numbers,
and fitted to the signals of the full model as to measured ones: what it finds for l_sf and P_eff, over what was put in, tells whether both say the same. Writes
DIR/lateral_valves.png, DIR/lateral_valves.csv, and the table of docs/fitting.md.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd

import spinfem
from spinfem.batch.points import points_of
from spinfem.case.fit import unknowns
from spinfem.case.source import CaseSource
from spinfem.fitting.data import Data
from spinfem.fitting.estimate import estimate
from spinfem.fitting.full_model import Setting
from spinfem.fitting.one_dimensional import OneDimensional
from spinfem.theory.lateral_valve import Contact, Wire, nonlocal_resistance

matplotlib.use("Agg")
from matplotlib import pyplot as plt

TREE = Path(__file__).parent.parent
CASE, PAGE = TREE / "cases" / "lateral_valves_1d_3d.yaml", TREE / "docs" / "fitting.md"
BEGIN, END = "<!-- lateral_valves.py -->\n", "<!-- end of lateral_valves.py -->\n"
TEMPERATURES = ("300 K", "77 K")
MATERIAL, SEPARATION = "regions.wire.material", "geometry.parameters.separation"
MEASURED = "nonlocal_resistance.difference"
ERROR = 0.02  # of each signal, relative: what weighs them in the fit
COLOURS = {"Al": "#0072B2", "Cu": "#D55E00", "Au": "#009E73"}


def sweep():
    """metal -> separations, in the order of the case's sweep."""
    found: dict = {}
    for point in points_of(CaseSource.of_file(CASE)):
        found.setdefault(point.values[MATERIAL].split()[0], []).append(point.values[SEPARATION])
    return found


def valves(metal, temperature, separations, changes=None):
    """(separations in nm, signals in ohm, Settings) of the full model."""
    base = spinfem.load(CASE).changed({MATERIAL: f"{metal} @ {temperature}"} | (changes or {}))
    session, lengths, signals, settings = spinfem.Session(), [], [], []
    for row, separation in enumerate(separations):
        result = spinfem.solve(base.changed({SEPARATION: separation}), session)
        settings.append(Setting(result.case, result.simulation.device, np.array([row])))
        signals.append(result[MEASURED].value.to("ohm").magnitude)
        lengths.append(float(separation.removesuffix(" nm")))
    return np.array(lengths), np.array(signals), settings


def compared(signals, settings):
    """(what the formula says for the same numbers, its bias {name: fitted/true - 1}, root mean square of what its fit leaves over, relative)."""
    data = Data((MEASURED,) * len(signals), "ohm", ({},) * len(signals), values=signals, errors=ERROR * signals)
    wanted = unknowns(settings[0].case)
    formula = OneDimensional(settings, data, wanted)
    fit = estimate(formula, data, wanted)
    bias = {unknown.name: value / unknown.start - 1 for unknown, value in zip(wanted, fit.values, strict=True)}
    return formula([unknown.start for unknown in wanted]), bias, ERROR * np.sqrt(fit.chi_square / len(signals))


def table_of(points):
    """A row for each valve."""
    rows = []
    for temperature in TEMPERATURES:
        for metal, separations in points.items():
            lengths, signals, settings = valves(metal, temperature, separations)
            formula, bias, misfit = compared(signals, settings)
            for length, signal, said in zip(lengths, signals, formula, strict=True):
                rows.append(
                    {
                        "metal": metal,
                        "temperature": temperature,
                        "separation [nm]": length,
                        "3D [ohm]": signal,
                        "1D [ohm]": said,
                        **bias,
                        "misfit": misfit,
                    }
                )
            print(f"{metal} at {temperature}: 1D/3D {formula / signals}, {bias}, misfit {misfit:.4f}", flush=True)
    return pd.DataFrame(rows)


def markdown(table):
    """The table of the page."""
    lines = [
        "| valve | signal, 1D/3D: nearest | farthest | l_sf, 1D fit/3D | P_eff, 1D fit/3D | misfit |",
        "|---|---|---|---|---|---|",
    ]
    for (temperature, metal), rows in table.groupby(["temperature", "metal"], sort=False):
        ratio = rows["1D [ohm]"].to_numpy() / rows["3D [ohm]"].to_numpy()
        l_sf, p_eff, misfit = (rows[name].iloc[0] for name in ("l_sf", "P_eff", "misfit"))
        lines.append(
            f"| Py/{metal}, {temperature} | {ratio[0]:.2f} | {ratio[-1]:.2f} | {1 + l_sf:.3f} | {1 + p_eff:.3f} | {100 * misfit:.1f} % |"
        )
    return "\n".join(lines) + "\n"


def line(metal, temperature, l_sf, p_eff, separations):
    """P - AP by the formula, ohm, at separations in m, for numbers of the case that are multiplied."""
    case = spinfem.load(CASE).changed({MATERIAL: f"{metal} @ {temperature}"})
    normal, magnet = (case.regions[name].material for name in ("wire", "injector"))
    size = {name: float(given.text.removesuffix(" nm")) * 1e-9 for name, given in case.geometry.parameters.items()}
    wire = Wire(normal.conductivity, normal.spin_diffusion_length * l_sf, size["wire_width"] * size["wire_thickness"])
    area = size["wire_width"] * size["injector_width"]
    contact = Contact(magnet.conductivity, magnet.spin_diffusion_length, magnet.polarization * p_eff, area)
    return 2 * nonlocal_resistance(wire, contact, contact, separations)


def draw(table, path):
    """Signal against distance: dots by three dimensions, lines by one."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.6), dpi=110, sharey=True, layout="constrained")
    for panel, temperature in zip(panels, TEMPERATURES, strict=True):
        for metal, rows in table[table["temperature"] == temperature].groupby("metal", sort=False):
            x, colour, found = rows["separation [nm]"], COLOURS[metal], rows.iloc[0]
            smooth = np.linspace(x.min(), x.max(), 100)
            for style, factors in (("--", (1, 1)), ("-", (1 + found["l_sf"], 1 + found["P_eff"]))):
                signal = line(metal, temperature, *factors, smooth * 1e-9)
                panel.semilogy(smooth, 1e3 * signal, style, color=colour, lw=1.3)
            panel.semilogy(x, 1e3 * rows["3D [ohm]"], "o", color=colour, ms=5, label=f"Py/{metal}")
        panel.plot([], [], "o", color="0.4", ms=5, label="3D")
        panel.plot([], [], "--", color="0.4", label="1D, same numbers")
        panel.plot([], [], "-", color="0.4", label="1D, fitted to 3D")
        panel.set(title=temperature, xlabel="distance of the electrodes, centre to centre (nm)")
        panel.grid(alpha=0.25)
    panels[0].set_ylabel("R$_P$ − R$_{AP}$ (mΩ)")
    panels[1].legend(frameon=False)
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("results/lateral_valves"))
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    table = table_of(sweep())
    table.to_csv(given.output / "lateral_valves.csv", index=False)
    draw(table, given.output / "lateral_valves.png")
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    PAGE.write_text(before + BEGIN + markdown(table) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
