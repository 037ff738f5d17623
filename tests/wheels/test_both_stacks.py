"""DOLFINx 0.11 with GAMG, from wheels, and DOLFINx 0.9 with BoomerAMG, of Debian, give the same numbers on the same mesh."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.environment import TREE  # (lets `bootstrap` be imported)

from bootstrap import debian  # isort: skip

DEBIAN = "/usr/bin/python3"
AGREE = 1e-9  # of the largest number in the same unit

pytestmark = pytest.mark.skipif(
    find_spec("dolfinx_solver") is None
    or subprocess.run([DEBIAN, "-c", "import dolfinx"], capture_output=True).returncode != 0,
    reason="needs wheels and a DOLFINx of Debian side by side: make test-wheels",
)

MESH = """
import gmsh, sys
gmsh.initialize(["", "-v", "2"])
gmsh.open(sys.argv[1])
gmsh.model.mesh.generate(3)
gmsh.option.setNumber("Mesh.SaveAll", 0)
gmsh.write(sys.argv[2])
"""

TUNNEL = """
title: lateral valve with a barrier, magnets at an angle
geometry: {mesh: valve.msh, unit: 1 nm}
regions:
  wire: Cu @ 4.2 K
  injector: {material: Py @ 4.2 K, magnetization: +y}
  detector: {material: Py @ 4.2 K, magnetization: [1, 1, 0]}
interfaces:
  wire/detector: {resistance_area: 1 fohm m^2, polarization: 0.4}
terminals:
  injector_end: {current: 1 mA, spin: sink}
  wire_left: {voltage: 0 V, spin: sink}
  detector_end: {floating: true, spin: sink}
  wire_right: {floating: true, spin: sink}
solver: {degree: 1, error_estimate: false}
observables: [terminals, spin_accumulation, {spin_torque: {magnet: detector}}]
output: {pictures: false, report: false}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    script = TREE / "meshes/nonlocal_valve.geo"
    subprocess.run([sys.executable, "-c", MESH, script, folder / "valve.msh"], check=True)
    (folder / "tunnel.yaml").write_text(TUNNEL)
    return folder


def numbers(python, folder, variables):
    """(name, unit) -> value of everything that a run of the case by this Python measures, and all that it says of the run."""
    out = folder / Path(python).name
    command = [python, "-m", "spinfem", "run", folder / "tunnel.yaml", "-o", out]
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((out / "results.json").read_text())
    return {(name, one["unit"]): np.array(one["value"]) for name, one in results["observables"].items()}, results


def of_debian():
    """The environment variables of Debian's Python; compiled forms are kept where its own runs keep them."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "OMP_NUM_THREADS", "LC_ALL")}
    return kept | {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(TREE), "XDG_CACHE_HOME": str(debian.find().cache)}


def test_the_numbers_agree(folder):
    ours, of_wheels = numbers(sys.executable, folder, os.environ)
    theirs, of_packages = numbers(DEBIAN, folder, of_debian())
    assert "GAMG" in of_wheels["solver"]["method"] and "BoomerAMG" in of_packages["solver"]["method"]
    assert of_wheels["versions"]["DOLFINx"] != of_packages["versions"]["DOLFINx"]
    assert ours.keys() == theirs.keys() and len(ours) > 10
    largest = defaultdict(float)
    for (_, unit), value in theirs.items():
        largest[unit] = max(largest[unit], abs(value).max())
    for (name, unit), value in theirs.items():
        assert abs(ours[name, unit] - value).max() < AGREE * largest[unit], name
