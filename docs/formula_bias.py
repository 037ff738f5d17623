"""How far off the one-dimensional formula is: python docs/formula_bias.py [-o DIR] [--mesh 1] (in the environment; some minutes).

The full model at known parameters gives the signal at six separations, without noise, for contacts of several widths, transparent and
tunnelling. The formula is fitted to it as `spinfem fit` does. What it finds, over what was put in, is its bias. Writes DIR/formula_bias.png,
DIR/formula_bias.csv, and the table of docs/fitting.md.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd

import spinfem
from spinfem.case.fit import unknowns
from spinfem.fitting.data import Data
from spinfem.fitting.estimate import estimate
from spinfem.fitting.full_model import Setting
from spinfem.fitting.one_dimensional import OneDimensional

matplotlib.use("Agg")
from matplotlib import pyplot as plt

TREE = Path(__file__).parent.parent
PAGE, BEGIN, END = TREE / "docs" / "fitting.md", "<!-- formula_bias.py -->\n", "<!-- end -->\n"
WIDTHS = (50, 100, 150, 200, 300, 400)  # nm
GAPS = (50, 150, 300, 500, 750, 1050)  # nm, between the near edges of the contacts
LAMBDA, POLARIZATION = 400, 0.35  # lambda_N in nm; P_F of the transparent contacts, P_I of the barriers
ERROR = 0.02  # of each value, relative: what weighs them in the fit
MEASURED = "nonlocal_resistance.difference"

_BARRIER = {"resistance_area": "1 ohm um^2", "polarization": POLARIZATION}  # 30 R_N and more
_SHARED_BY_BARRIERS = [f"interfaces.wire/{magnet}.polarization" for magnet in ("injector", "detector")]
CONTACTS = {
    "transparent": {"mesh.rim": 0.15},  # its current enters in a narrow strip along the rim
    "tunnel": {
        "interfaces": {"wire/injector": _BARRIER, "wire/detector": _BARRIER},
        "fit.parameters.P_F.vary": _SHARED_BY_BARRIERS,
    },
}


def bias(width, resolution):
    """For each kind of contact of a width in nm: name -> fitted/true - 1, and `misfit`, the root mean square of what is left over."""
    base = spinfem.load(TREE / "cases" / "wide_contacts.yaml").changed(
        {
            "regions.wire.material.spin_diffusion_length": f"{LAMBDA} nm",
            "regions.injector.material.polarization": POLARIZATION,
            "regions.detector.material.polarization": POLARIZATION,
            "geometry.parameters.injector_width": f"{width} nm",
            "geometry.parameters.detector_width": f"{width} nm",
            "accuracy": None,
            "mesh": {"resolution": resolution, "rim": 0.5, "growth": 0.6},
            "solver.error_estimate": False,
        }
    )
    session, solved = spinfem.Session(), {kind: [] for kind in CONTACTS}
    for gap in GAPS:
        drawn = base.changed({"geometry.parameters.separation": f"{gap + width} nm"})
        for kind, changes in CONTACTS.items():
            result = spinfem.solve(drawn.changed(changes), session)
            setting = Setting(result.case, result.simulation.device, np.array([len(solved[kind])]))
            solved[kind].append((setting, result[MEASURED].value.to("ohm").magnitude))
    return {kind: _bias_of(*zip(*pairs, strict=True)) for kind, pairs in solved.items()}


def _bias_of(settings, values):
    case, values = settings[0].case, np.array(values)
    data = Data((MEASURED,) * len(values), "ohm", settings=({},) * len(values), values=values, errors=ERROR * values)
    wanted = unknowns(case)  # they start at the truth
    found = estimate(OneDimensional(settings, data, wanted), data, wanted)
    off = {unknown.name: value / unknown.start - 1 for unknown, value in zip(wanted, found.values, strict=True)}
    return off | {"misfit": ERROR * np.sqrt(found.chi_square / len(values))}


def table_of(widths, resolution):
    """One row for each width and kind of contact."""
    rows = []
    for width in widths:
        for kind, off in bias(width, resolution).items():
            rows.append({"width [nm]": width, "contacts": kind} | off)
            print(f"{width} nm, {kind}: " + ", ".join(f"{n} {100 * x:+.2f} %" for n, x in off.items()), flush=True)
    return pd.DataFrame(rows).rename(columns={"P_F": "P"})


def markdown(table):
    """The table of the page, in per cent."""
    names = ("lambda_N", "P", "misfit")
    lines = [
        "| width of the contacts | transparent: lambda_N | P_F | misfit | tunnel: lambda_N | P_I | misfit |",
        "|---|---|---|---|---|---|---|",
    ]
    for width, of_width in table.groupby("width [nm]"):
        rows = [of_width[of_width["contacts"] == kind].iloc[0] for kind in CONTACTS]
        numbers = [_per_cent(row[name], "" if name == "misfit" else "+") for row in rows for name in names]
        lines.append(f"| {width} nm | {' | '.join(numbers)} |")
    return "\n".join(lines) + "\n"


def _per_cent(number, sign):
    rounded = round(100 * number, 1)
    return f"{rounded:{sign}.1f} %" if rounded else "0.0 %"


def draw(table, path):
    """Both biases against the width."""
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.8), dpi=110, sharey=True, layout="constrained")
    smooth = np.linspace(1, max(WIDTHS), 100) / (2 * LAMBDA)
    axes[1].plot(
        2 * LAMBDA * smooth,
        100 * (np.sinh(smooth) / smooth - 1),
        ":",
        color="black",
        label="sinh(x)/x − 1, x = w/2λ$_N$",
    )
    for name, panel, words in (("lambda_N", axes[0], "λ$_N$"), ("P", axes[1], "P of the contacts")):
        for kind, style, colour in (("transparent", "o-", "#0072B2"), ("tunnel", "s--", "#D55E00")):
            rows = table[table["contacts"] == kind]
            panel.plot(rows["width [nm]"], 100 * rows[name], style, color=colour, label=f"{kind} contacts")
        panel.axhline(0, color="black", lw=0.8)
        panel.set(title=words, xlabel="width w of the contacts (nm)")
        panel.grid(alpha=0.25)
        panel.legend(frameon=False)
    axes[0].set_ylabel("fitted by the 1D formula / true − 1 (%)")
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("results/formula_bias"))
    parser.add_argument(
        "--mesh", type=float, default=1.0, help="mesh.resolution; a value of your own leaves the page as it is"
    )
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS, help="nm; likewise")
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    table = table_of(given.widths, given.mesh)
    table.to_csv(given.output / "formula_bias.csv", index=False)
    draw(table, given.output / "formula_bias.png")
    if given.mesh == parser.get_default("mesh") and given.widths == WIDTHS:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(before + BEGIN + markdown(table) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
