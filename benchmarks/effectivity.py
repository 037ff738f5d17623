"""Estimated errors against true ones, over many devices.

    python -m benchmarks.effectivity [CASE ...] [--cache FILE]

Each case is refined to its target. The truth are the corrected values of a mesh of its own that is refined `FINER` times further; they are kept in FILE,
for they take most of the time. Of every number that matters, on each level: its bar over the true error of the corrected value; its correction over
the true error of the value as the mesh gives it; and of each level the largest of the bars over the largest of the errors.
"""

import argparse
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import gmsh
import numpy as np
from mpi4py import MPI

import spinfem.observables  # noqa: F401  # their kinds
from spinfem.api.case import load
from spinfem.case.devices import shipped
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.study.adaptive import estimator_of, levels
from spinfem.study.ratio import Undefined
from spinfem.study.session import Session

FINER = 10  # the truth, than the finest level that is judged
MOST = 80_000  # unknowns of the truth
COUNTED = 0.01  # of the largest number in its unit
KNOWN = 2.0  # times the bar of the truth: smaller errors are not judged
CHANCE = 0.1  # of what the correction improves: a corrected value may be right by chance
GOOD = 0.5, 3.0
OF_FILE = 60.0  # nm, cells of the mesh file

TUNNEL = {"resistance_area": "1 fohm m^2", "polarization": 0.4}
CIRCUIT = {"type": "circuit", "conductance_up": "6e14 S/m^2", "conductance_down": "2e14 S/m^2"}
MIXING = CIRCUIT | {"mixing_conductance": "5e14 S/m^2", "mixing_conductance_imaginary": "1e14 S/m^2"}
ACROSS = {"nonlocal_resistance": {"plus": "detector_end", "minus": "wire_right", "drive": "injector_end"}}
SHORT_2D = {f"geometry.parameters.{key}": nm for key, nm in (("separation", "200 nm"), ("wire_length", "900 nm"))}
SIGNAL = [
    {"nonlocal_resistance": ACROSS["nonlocal_resistance"] | {"flip": "detector"}},
    "terminals",
    "spin_accumulation",
    {"decay_length": {"along": "wire", "from": "180 nm", "to": "350 nm"}},
]
SHORT = SHORT_2D | {"geometry.parameters.electrode_length": "300 nm"}
SMALL_OVERLAYER = {"length": "3 um", "normal_thickness": "300 nm", "magnet_thickness": "300 nm"} | {
    "injector_width": "50 nm",
    "injector_position": "-600 nm",
}
WIDE = {"name": "lead", "thickness": "20 nm", "width": "80 nm", "depth": "60 nm", "cross_section": "box"}
PILLAR = {
    "geometry.layers": [
        WIDE,
        {"name": "fixed", "thickness": "20 nm"},
        {"name": "spacer", "thickness": "10 nm"},
        {"name": "free", "thickness": "10 nm"},
        WIDE,
    ],
    "geometry.width": "40 nm",
    "geometry.depth": "30 nm",
}
MR = [{"magnetoresistance": {"plus": "left", "minus": "right", "rotate": "free"}}]
COARSE = {"mesh": {"resolution": 1000, "growth": 100}}
THREE = [
    {"name": "f1", "thickness": "150 nm"},
    {"name": "n", "thickness": "120 nm"},
    {"name": "f2", "thickness": "60 nm"},
]
OF_STACK = [
    {"spin_resistance": {"plus": "left", "minus": "right"}},
    "spin_accumulation",
    "dissipation",
]
WALL = {
    "f1": {"material": "Co @ 300 K", "magnetization": {"expression": ["sin(x/(10*nm))", "0", "cos(x/(10*nm))"]}},
    "n": "Cu @ 300 K",
    "f2": {"material": "Py @ 300 K", "magnetization": {"polar": "50 deg"}},
}
DECAY = {"along": "normal", "through": ["0 nm", "0 nm", "0 nm"]}


@dataclass(frozen=True)
class Device:
    """A shipped case with other values, and the target of its finest level."""

    case: str
    kind: str
    target: float
    changes: dict
    line: dict | None = None  # further values: the truth is that of a fine mesh of layers
    from_file: bool = False  # its drawing as a mesh file


CASES = {
    "valve_2d": Device("nonlocal_valve_2d", "2D, transparent", 1e-4, SHORT_2D | {"observables": SIGNAL}),
    "valve_2d_angle": Device(
        "nonlocal_valve_2d",
        "2D, tunnel and transparent, not collinear",
        1e-4,
        SHORT_2D
        | {"regions.detector.magnetization": [1, 0, 1], "interfaces": {"wire/detector": TUNNEL}}
        | {"observables": [ACROSS, "terminals", "spin_accumulation"]},
    ),
    "valve_2d_file": Device("nonlocal_valve_2d", "2D, mesh file", 1e-4, {}, from_file=True),
    "valve_2d_weak": Device(
        "nonlocal_valve_2d",
        "2D, weak magnet",
        1e-4,
        SHORT_2D
        | {"regions.detector": {"material": "Py @ 4.2 K", "magnetization": "+x"} | {"dephasing_length": "5 nm"}}
        | {"observables": [ACROSS, "terminals", "spin_accumulation"]},
    ),
    "overlayer_2d": Device(
        "overlayer_2d",
        "2D, overlayer, wide contact",
        3e-4,
        {
            "geometry.parameters": SMALL_OVERLAYER,
            "observables": [
                {"decay_length": DECAY | {"from": "-400 nm", "to": "-200 nm", "name": "near"}},
                {"decay_length": DECAY | {"from": "200 nm", "to": "600 nm", "name": "far"}},
                "terminals",
                "spin_accumulation",
            ],
        },
    ),
    "bilayer": Device(
        "pt_py_bilayer", "2D, spin Hall, circuit contact", 1e-4, {"interfaces": {"normal/magnet": MIXING}}
    ),
    "hall_film": Device("spin_hall_film", "2D, spin Hall, not symmetric", 1e-4, {}),
    "amr_bar": Device("amr_bar", "2D, narrow arms, magnetoresistance", 1e-4, {"solver.error_estimate": True}),
    "ratchet_2d": Device(
        "ratchet_2d", "2D, ratchet", 1e-4, {"geometry.parameters.teeth": 2, "observables": ["terminals"]}
    ),
    "wall": Device(
        "domain_wall",
        "2D, texture, not collinear",
        1e-6,
        {"geometry.layers": THREE, "regions": WALL, "observables": OF_STACK} | COARSE,
        {"mesh": {"resolution": 0.1}, "geometry.dimension": 1},
    ),
    "valve": Device("nonlocal_valve", "3D, transparent", 0.005, SHORT | {"observables": SIGNAL[:3]}),
    "tunnel": Device(
        "al_tunnel_valve",
        "3D, tunnel contacts",
        1e-4,
        {
            "geometry.parameters.wire_length": "1200 nm",
            "geometry.parameters.separation": "300 nm",
            "geometry.parameters.electrode_length": "300 nm",
            "observables": [ACROSS, "spin_accumulation"],
        },
    ),
    "overlayer": Device(
        "overlayer_3d",
        "3D, overlayer, wide contact",
        3e-4,
        {"geometry.parameters.wire_length": "1200 nm", "geometry.parameters.magnet_length": "400 nm"}
        | {"observables": ["terminals", "spin_accumulation"]},
    ),
    "ratchet": Device("ratchet", "3D, ratchet", 0.001, {"geometry.parameters.teeth": 2}),
    "pillar": Device("gmr_pillar_3d", "3D, curved pillar", 0.02, PILLAR | {"observables": MR}),
    "pillar_angle": Device(
        "gmr_pillar_3d",
        "3D, curved pillar, not collinear, circuit contact",
        0.03,
        PILLAR
        | {
            "regions.free.magnetization": "+x",
            "interfaces": {"spacer/free": CIRCUIT | {"mixing_conductance": "5e14 S/m^2"}},
            "observables": [
                {"spin_resistance": {"plus": "left", "minus": "right"}},
                {"spin_torque": {"magnet": "free", "reference": "fixed", "drive": "left"}},
            ],
        },
    ),
}


@dataclass(frozen=True)
class Estimate:
    """One number on one level."""

    observable: str
    name: str
    unit: str
    value: float
    corrected: float
    error: float


@dataclass(frozen=True)
class Row:
    """One number on one level, all errors relative to it."""

    unknowns: int
    level: int
    name: str
    true: float  # of the corrected value
    plain: float  # of the value as it is
    bar: float
    correction: float

    @property
    def effectivity(self):
        return self.bar / max(self.true, CHANCE * self.plain)


def case_of(device, folder):
    """The Case of a Device; folder: for its mesh file."""
    case = load(device.case).changed(device.changes)
    if not device.from_file:
        return case
    file = Path(folder, "mesh.msh")
    with gmsh_session():
        gmsh.open(str(shipped("meshes") / str(case.geometry.script)))
        gmsh.option.setNumber("Mesh.MeshSizeMax", OF_FILE)
        gmsh.model.mesh.generate(2)
        gmsh.write(str(file))
    return case.changed(geometry={"mesh": str(file), "depth": "100 nm", "unit": "1 nm"})


def estimates(case, target, at_most):
    """[(unknowns, [Estimate])] of all levels on the way to a target."""
    case = case.changed(accuracy={"target": target, "at_most": at_most})
    found = []
    for level in levels(case, Session(MPI.COMM_WORLD)):
        found.append((level.unknowns, list(map(_kept, _errors(case, level)))))
    return found


def exactly(case):
    """(unknowns, [Estimate]) of the mesh that a case describes."""
    session = Session(MPI.COMM_WORLD)
    simulation = session.simulation(case, session.device(case))
    unknowns = simulation.solution().problem.constraints.n_free
    return unknowns, list(map(_kept, estimator_of(simulation, session).errors(case.observables)))


def _kept(e):
    return Estimate(e.observable, e.name, e.unit, e.value, e.corrected, e.error)


def _errors(case, level):
    yield from level.errors
    for observable in case.observables:
        if observable not in level.counted:
            try:
                yield from level.estimator.errors([observable])
            except Undefined:  # on this mesh
                continue


def truth(case, name, cache):
    """[Estimate] of a mesh that is `FINER` times more exact, from the cache where it is there."""
    device = CASES[name]
    words = json.dumps([asdict(device), FINER, MOST], sort_keys=True)
    key = f"{name} {hashlib.sha256(words.encode()).hexdigest()[:16]}"
    kept = json.loads(cache.read_text()) if cache.is_file() else {}
    if key not in kept:
        if device.line:
            unknowns, numbers = exactly(case.changed(device.line))
        else:
            unknowns, numbers = estimates(case, device.target / FINER, MOST)[-1]
        kept = json.loads(cache.read_text()) if cache.is_file() else {}  # others may have written
        kept[key] = {"unknowns": unknowns, "numbers": [asdict(number) for number in numbers]}
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(kept, indent=1))
    return [Estimate(**number) for number in kept[key]["numbers"]]


def rows_of(name, cache):
    """The Rows of a case."""
    device = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        case = case_of(device, folder)
        exact = {number.name: number for number in truth(case, name, cache)}
        found = estimates(case, device.target, MOST)
    largest = {}
    for number in exact.values():
        key = number.observable, number.unit
        largest[key] = max(largest.get(key, 0.0), abs(number.corrected))
    for k, (unknowns, numbers) in enumerate(found):
        for number in numbers:
            best = exact.get(number.name)
            if best is None or not abs(best.corrected) > COUNTED * largest[number.observable, number.unit]:
                continue
            size = abs(best.corrected)
            true, plain = (abs(value - best.corrected) / size for value in (number.corrected, number.value))
            if max(true, plain) > max(1e-10, KNOWN * best.error / size):  # else the truth is not known well enough
                yield Row(
                    unknowns,
                    k,
                    number.name,
                    true,
                    plain,
                    number.error / size,
                    abs(number.corrected - number.value) / size,
                )


def main(names, cache):
    print(
        "| case | kind | unknowns | levels, numbers | bar | bar / true error: least, median, most | between 0.5 and 3 "
        "| largest bar / largest error of a level | correction / error without it: median |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in names or CASES:
        rows, kind = list(rows_of(name, cache)), CASES[name].kind
        if not rows:
            print(f"| {name} | {kind} | the first mesh is as exact as the truth | | | | | | |", flush=True)
            continue
        ratios = [row.effectivity for row in rows]
        good = np.mean([GOOD[0] <= ratio <= GOOD[1] for ratio in ratios])
        plain = np.median([row.correction / row.plain for row in rows if row.plain])
        unknowns, bars = [row.unknowns for row in rows], [100 * row.bar for row in rows]
        of_levels = [_largest(rows, level) for level in sorted({row.level for row in rows})]
        print(
            f"| {name} | {kind} | {min(unknowns):,} to {max(unknowns):,} | {len(of_levels)}, {len(rows)} | {min(bars):.2g} to {max(bars):.2g} % "
            f"| {_three(ratios)} | {100 * good:.0f} % | {_three(of_levels)} | {plain:.2f} |",
            flush=True,
        )


def _largest(rows, level):
    """The largest bar on a level over its largest error."""
    there = [row for row in rows if row.level == level]
    return max(row.bar for row in there) / max(row.true for row in there)


def _three(ratios):
    return f"{min(ratios):.2f}, {np.median(ratios):.2f}, {max(ratios):.2f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*CASES, []], metavar="CASE")
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    parser.add_argument("--cache", type=Path, default=home / "spinfem" / "effectivity.json")
    given = parser.parse_args()
    main(given.names, given.cache)
