"""How far off fits of Hanle curves are: python docs/hanle_bias.py [-o DIR] [--mesh 2] (in the environment; a minute or two).

The full model, in 2D, gives the Hanle curve of a lateral valve at known lifetime tau and diffusion constant D, without noise. One-dimensional formulas are
fitted to it as `spinfem fit` does, for tau, D and the polarization. What they find, over what was put in, is their bias. Two devices: tunnel contacts
on a wire that ends not far behind them, and transparent contacts on a long wire. Writes DIR/hanle_bias.png, DIR/hanle_bias.csv, and a table of
docs/fitting.md.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from mpi4py import MPI

import spinfem
from spinfem.case.fit import unknowns
from spinfem.fitting.data import Data
from spinfem.fitting.estimate import estimate
from spinfem.fitting.full_model import FullModel, settings_of
from spinfem.fitting.one_dimensional import OneDimensional
from spinfem.fitting.rows import cases_of

matplotlib.use("Agg")
from matplotlib import pyplot as plt

TREE = Path(__file__).parent.parent
PAGE, BEGIN, END = TREE / "docs" / "fitting.md", "<!-- hanle_bias.py -->\n", "<!-- end of hanle_bias.py -->\n"
LAMBDA, TAU = 500, 100  # nm, ps
FIELDS = (0, 15, 30, 45, 60, 80, 100, 130, 160, 200, 250, 300)  # mT; omega tau = 1 at 57 mT
ENDS = (
    0.25,
    0.5,
    1,
    2,
    4,
)  # lambda, from the outer edges of tunnel contacts to the ends of the wire; the contacts are one lambda apart
DISTANCES = (0.5, 1, 2, 4)  # lambda, between transparent contacts
WIDTH = 50  # nm, of the contacts
MEASURED = "nonlocal_resistance.difference"
FORMULAS = ("tunnel", "contacts")
MAGNETS = ("injector", "detector")
NO_VALUE = 100  # times the truth: the curve is described as well by any larger one

_METAL = {"conductivity": "5e7 S/m", "spin_diffusion_length": f"{LAMBDA} nm", "spin_lifetime": f"{TAU} ps"}
_MAGNET = {"conductivity": "5e6 S/m", "spin_diffusion_length": "20 nm", "polarization": 0.35}
_BARRIER = {"resistance_area": "100 ohm um^2", "polarization": 0.35}
_P_OF = {
    "tunnel": [f"interfaces.wire/{magnet}.polarization" for magnet in MAGNETS],
    "transparent": [f"regions.{magnet}.material.polarization" for magnet in MAGNETS],
}


def case_of(contacts, distance, beyond, resolution):
    """The case of a valve; contacts: "tunnel" or "transparent"; distance, beyond: lambda, between the contacts and from there to each end of the wire."""
    separation = distance * LAMBDA
    parameters = {
        "D": {"vary": "regions.wire.material.spin_diffusion_length", "between": ["20 nm", "20 um"]},
        "tau": {"vary": "regions.wire.material.spin_lifetime", "between": ["2 ps", "20 ns"]},
        "P": {"vary": _P_OF[contacts], "between": [0.001, 0.99]},
    }
    return spinfem.load(TREE / "cases" / "nonlocal_valve_2d.yaml").changed(
        {
            "geometry.parameters": {
                "separation": f"{separation} nm",
                "wire_thickness": "50 nm",
                "wire_length": f"{separation + WIDTH + 2 * beyond * LAMBDA} nm",
                "wire_size": "60 nm",
                **{f"{magnet}_width": f"{WIDTH} nm" for magnet in MAGNETS},
                "electrode_thickness": "80 nm",
            },
            "regions.wire": {"material": _METAL},
            **{f"regions.{magnet}.material": _MAGNET for magnet in MAGNETS},
            "interfaces": {f"wire/{magnet}": _BARRIER for magnet in MAGNETS} if contacts == "tunnel" else {},
            "terminals.wire_left.spin": "reflecting",
            "terminals.wire_right.spin": "reflecting",
            "magnetic_field": ["0 T", "0 T", "0 T"],
            "observables": [{"nonlocal_resistance": _voltage()}],
            "mesh": {"resolution": resolution, "growth": 1, "rim": 0.5},
            "solver": {"method": "direct", "error_estimate": False},
            "fit": {"parameters": parameters},
        }
    )


def _voltage():
    return {"plus": "detector_end", "minus": "wire_right", "drive": "injector_end", "flip": "detector"}


def bias(case):
    """formula -> {"tau", "D", "P": fitted/true, "misfit": the root mean square of what is left over, relative to the signal without a field}."""
    wanted = unknowns(case)  # they start at the truth
    rows = ({"magnetic_field": [f"{field} mT", "0 T", "0 T"]} for field in FIELDS)
    data = Data((MEASURED,) * len(FIELDS), "ohm", tuple(rows), np.linspace(1, 0, len(FIELDS)), None)
    settings = settings_of(cases_of(case.source, data, wanted), data, MPI.COMM_SELF)
    signal = FullModel(settings, data, wanted, MPI.COMM_SELF).predicted([unknown.start for unknown in wanted])
    data = Data(data.names, "ohm", data.settings, signal, None)
    return {formula: _bias_of(OneDimensional(settings, data, wanted, formula), data, wanted) for formula in FORMULAS}


def _bias_of(formula, data, wanted):
    found = estimate(formula, data, wanted)
    length, tau, polarization = found.values / [unknown.start for unknown in wanted]
    misfit = np.sqrt(found.chi_square / len(data.values)) / data.values[0]
    return {"tau": tau, "D": length**2 / tau, "P": polarization, "misfit": misfit}


def table_of(resolution):
    """One row for each device and formula."""
    rows = []
    devices = [("tunnel", 1, beyond) for beyond in ENDS] + [("transparent", distance, 8) for distance in DISTANCES]
    for contacts, distance, beyond in devices:
        for formula, off in bias(case_of(contacts, distance, beyond, resolution)).items():
            rows.append({"contacts": contacts, "distance": distance, "beyond": beyond, "formula": formula} | off)
            print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def markdown(table):
    """The tables of the page: found/true."""
    return "\n".join(
        [
            f"Tunnel contacts {LAMBDA} nm (one lambda) apart; the formula for tunnel contacts:",
            "",
            "| wire behind each contact | tau | D | P | misfit |",
            "|---|---|---|---|---|",
            *_rows(table[(table["contacts"] == "tunnel") & (table["formula"] == "tunnel")], "beyond"),
            "",
            "Transparent contacts on a long wire; the formula for tunnel contacts, and the one for contacts of any resistance:",
            "",
            "| distance | tunnel: tau | D | misfit | contacts: tau | D | misfit |",
            "|---|---|---|---|---|---|---|",
            *_both(table[table["contacts"] == "transparent"]),
            "",
        ]
    )


def _rows(table, key):
    for _, row in table.iterrows():
        numbers = [f"{row[name]:.2f}" for name in ("tau", "D", "P")]
        yield f"| {row[key]:g} lambda | {' | '.join(numbers)} | {100 * row['misfit']:.1f} % |"


def _both(table):
    for distance, rows in table.groupby("distance"):
        cells = []
        for formula in FORMULAS:
            (row,) = (row for _, row in rows[rows["formula"] == formula].iterrows())
            diffusion = f"{row['D']:.2f}" if row["D"] < NO_VALUE else "(undetermined)"
            cells += [f"{row['tau']:.2f}", diffusion, f"{100 * row['misfit']:.1f} %"]
        yield f"| {distance:g} lambda | {' | '.join(cells)} |"


def draw(table, path):
    """What the formulas find, over the truth, against the length of the wire and the distance of the contacts."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.8), dpi=110, sharey=True, layout="constrained")
    short = table[(table["contacts"] == "tunnel") & (table["formula"] == "tunnel")]
    for name, words, style, colour in (
        ("tau", "τ", "o-", "#0072B2"),
        ("D", "D", "s--", "#D55E00"),
        ("P", "P", "^:", "#009E73"),
    ):
        left.plot(short["beyond"], short[name], style, color=colour, label=words)
    left.set(
        title="tunnel contacts, one λ apart",
        xlabel="length of wire behind each contact (λ)",
        ylabel="found by the formula / true",
    )
    for formula, words, colour in (
        ("tunnel", "tunnel formula", "#0072B2"),
        ("contacts", "contacts of any resistance", "#D55E00"),
    ):
        rows = table[(table["contacts"] == "transparent") & (table["formula"] == formula)]
        right.plot(rows["distance"], rows["tau"], "o-", color=colour, label=f"τ, {words}")
        right.plot(rows["distance"], rows["D"], "s--", color=colour, label=f"D, {words}", mfc="none")
    right.set(title="transparent contacts, long wire", xlabel="distance of the contacts (λ)")
    for panel in (left, right):
        panel.axhline(1, color="black", lw=0.8)
        panel.set_xscale("log", base=2)
        panel.set(yscale="log", ylim=(0.22, 11))
        panel.set_yticks((0.25, 0.5, 1, 2, 4, 8))
        panel.yaxis.set_major_formatter("{x:g}")
        panel.minorticks_off()
        panel.xaxis.set_major_formatter("{x:g}")
        panel.grid(alpha=0.25)
        panel.legend(frameon=False)
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("results/hanle_bias"))
    parser.add_argument(
        "--mesh", type=float, default=2.0, help="mesh.resolution; a value of your own leaves the page as it is"
    )
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    table = table_of(given.mesh)
    table.to_csv(given.output / "hanle_bias.csv", index=False)
    draw(table, given.output / "hanle_bias.png")
    if given.mesh == parser.get_default("mesh"):
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(before + BEGIN + markdown(table) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
