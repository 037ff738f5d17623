"""Folders of results as spinfem leaves them, written by hand: small, and as evil as a case can be."""

import base64
import json

EVIL = '<script>alert("x")</script> & "quoted" <b>$R_{NL}$</b>'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def case(title=EVIL):
    """The case of a results.json."""
    material = {
        "name": "Cu <i>",
        "conductivity": 7.1e7,
        "spin_diffusion_length": 1e-6,
        "polarization": 0.0,
        "temperature": 4.2,
        "source": "A & B <script>alert(1)</script>, Nature (2001)",
        "note": "not confirmed",
    }
    magnet = {"material": material | {"name": "Co", "polarization": 0.36}, "magnetization": {"direction": [0, 1, 0]}}
    return {
        "title": title,
        "regions": {"wire": {"material": material, "magnetization": None}, "free": magnet},
        "interfaces": {"wire/free": {"type": "resistive", "resistance_area": 1e-15, "polarization": 0.4}},
        "terminals": {
            "left": {"current": 1e-3, "spin": "sink"},
            "right": {"voltage": 0.0, "spin": {"potential": [0.0, 1e-3, 0.0]}},
        },
        "observables": [{"terminals": {"name": "terminals"}}, {"hodograph": {"name": "signal"}}],
        "solver": {"tolerance": 1e-12, "max_iterations": 500, "method": "iterative", "degree": 2},
    }


def result(**changes):
    """A results.json."""
    chart = {"name": "signal_v", "x": "distance", "y": ["v_y"], "z": None, "x_label": EVIL, "y_label": "spin potential"}
    chart |= {"log": "y", "equal": False, "points": []}
    in_space = chart | {"name": "signal_space", "x": "v_x", "y": ["v_y"], "z": "v_z", "log": ""}
    return {
        "spinfem": "0.1.0",
        "versions": {"spinfem": "0.1.0", "DOLFINx": "0.9.0", "PETSc": "3.22.5"},
        "finished": "2026-05-04T12:30:00+00:00",
        "case": case(),
        "observables": {
            "signal": {"value": 2.2697e-3, "unit": "ohm", "error": 1.3e-5, "note": "R <P - AP>"},
            "signal.vector": {"value": [0.0, 5e-6, 0.0], "unit": "V", "error": 2e-8},
            "terminals.left.potential": {"value": 0.5, "unit": "V", "error": 1e-3},
            "terminals.right.current": {"value": -1e-3, "unit": "A", "error": 1e-12},
            "dissipation.balance": {"value": 1e-12, "unit": "", "error": 1e-13, "note": "|parts - total| / total"},
        },
        "tables": ["signal.csv", "matrix.csv"],
        "charts": {"signal": [chart, in_space]},
        "documents": [],
        "matrices": {
            "matrix": {
                "unit": "S",
                "rows": ["I(left)", "I(right)"],
                "columns": ["V(left)", "V(right)"],
                "groups": [["charge", 2, 2]],
                "values": [[0.25, -0.125], [-0.125, 1e-20]],
                "errors": [[1e-3, 1e-3], [1e-3, 1e-3]],
                "note": "symmetric",
            }
        },
        "error_estimate": "difference to a mesh 2 times coarser",
        "checks": {"charge_conservation": 1e-12},
        "mesh": {"cells": 12345, "unknowns": 67890, "spin_components": 1},
        "solver": {"method": "CG + BoomerAMG", "iterations": 8, "residual": 1e-13, "solves": 2},
        "seconds": {"mesh": 0.5, "total": 3.0},
        "ranks": 2,
        "warnings": ["no pictures: <no> display"],
    } | changes


def write_run(folder, **changes):
    """The folder of a run; returns its results.json."""
    folder.mkdir(parents=True, exist_ok=True)
    found = result(**changes)
    (folder / "results.json").write_text(json.dumps(found))
    rows = ["distance [m],v_x [V],v_y [V],v_z [V]", *(f"{k}e-8,0.0,{2.0**-k}e-6,{k}e-7" for k in range(5))]
    (folder / "signal.csv").write_text("\n".join(rows) + "\n")
    (folder / "matrix.csv").write_text("[S],V(left),V(right)\n")
    (folder / "case.yaml").write_text(f"title: '{EVIL}' # <script>alert(2)</script>\nregions: {{}}\n")
    for name in ("geometry", "spin_potential", "signal_space", "matrix"):
        (folder / f"{name}.png").write_bytes(PIXEL)
    return found


def write_sweep(folder):
    """The folder of a sweep of three points: the second one failed, the third is missing."""
    folder.mkdir(parents=True)
    axis = "geometry.parameters.separation"
    (folder / "sweep.json").write_text(json.dumps({"title": EVIL, "axes": [axis], "points": 3}))
    write_run(folder / "points/0001")
    (folder / "points/0002").mkdir()
    (folder / "points/0002/failed.json").write_text(json.dumps({"error": "stopped <b>after</b> 3 iterations"}))
    header = f"point,{axis} [m],status,signal [ohm],signal error [ohm]"
    rows = "1,1e-07,done,0.0022697,1.3e-05", "2,2e-07,failed: stopped <b>after</b> 3 iterations,,", "3,3e-07,missing,,"
    (folder / "table.csv").write_text("\n".join((header, *rows)) + "\n")
    (folder / "case.yaml").write_text("plots:\n  - {x: separation, y: signal, y_scale: log}\n")
