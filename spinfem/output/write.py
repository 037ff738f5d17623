"""Everything a run leaves behind, in one folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from spinfem.output.fields import write_fields
from spinfem.output.results import complete_folder, write_results


def write_outcome(folder, outcome, case_text, comm, tell=lambda what: None):
    """Write results.json, tables, fields, pictures and the case as it ran (`case_text`) into `folder`. Collective.

    Returns warnings in words (a picture that could not be drawn does not undo a run). Raises FolderInUse.
    """
    warnings = []
    with complete_folder(folder, comm) as unfinished:
        options = outcome.case.output
        if options.fields or options.pictures:
            tell("writing fields")
            write_fields(unfinished, outcome.solution)
        scene = describe(outcome)
        if comm.rank == 0:
            (unfinished / "case.yaml").write_text(case_text)
            (unfinished / "scene.json").write_text(json.dumps(scene, indent=2, ensure_ascii=False) + "\n")
            write_results(unfinished, outcome, comm.size)
            if options.pictures:
                tell("drawing pictures")
                warnings += _draw(unfinished)
    return warnings


def describe(outcome):
    """What a picture or a state file needs to know besides the fields."""
    problem = outcome.solution.problem
    return {
        "title": outcome.case.title,
        "collinear": len(problem.basis) == 1,
        "spin_axis": _spin_axis(problem).tolist(),
        "regions": {
            name: {
                "tag": problem.device.regions[name],
                "material": region.material.name,
                "magnetization": _uniform_direction(region),
            }
            for name, region in problem.regions.items()
        },
    }


def _spin_axis(problem):
    """The axis along which a spin component is worth a picture: the first magnet's, or the first of the basis."""
    directions = [_uniform_direction(region) for region in problem.regions.values()]
    return np.array(next((d for d in directions if d), problem.basis[0]))


def _uniform_direction(region):
    if region.magnetization is None or not region.magnetization.uniform:
        return None
    return [float(component) for component in region.magnetization.direction]


def _draw(folder):
    """Draw in a process of its own: a graphics library that crashes must not take the results along."""
    # A child of an MPI process would otherwise believe that it is a rank itself.
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("OMPI_", "PMIX_", "PMI_", "PRTE_"))}
    command = [sys.executable, "-m", "spinfem.output.pictures", str(Path(folder))]
    done = subprocess.run(command, env=clean, capture_output=True, text=True)
    if done.returncode == 0:
        return []
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return [f"no pictures: {last} (`spinfem doctor` tests off-screen drawing)"]
