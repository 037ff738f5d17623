"""Everything a run leaves behind, in one folder."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from spinfem.case import describe
from spinfem.case.terms import scalar_fields, spin_directions
from spinfem.geometry.root import on_root
from spinfem.interruption import die_with_parent
from spinfem.mpi import outside_mpi
from spinfem.output.folders import FAILED, MESH_MARK, RESULTS, complete_folder
from spinfem.output.plots import NoSuchColumn, chart_of
from spinfem.output.results import add_time, write_results
from spinfem.versions import versions

_SHARES = 2  # processes that draw pictures, where there are as many ranks: each of them reads all fields


def write_outcome(folder, outcome, case_text, comm, progress=lambda what: None, report=False):
    """Write results.json, tables, fields, pictures, the case as it ran (`case_text`), perhaps the report, into `folder`. Collective.

    The outcome's `seconds` get what this takes: fields, pictures, report. Returns all warnings in words: those of the outcome, and what
    could not be drawn (that does not undo a run). Raises FolderInUse.
    """
    warnings, spending = list(outcome.warnings), partial(_spending, outcome.seconds)
    with complete_folder(folder, comm) as unfinished:
        options = outcome.case.output
        if options.fields or options.pictures:
            progress("writing fields")
            with spending("fields"):
                _write_fields(unfinished, outcome.solution)
        problem = outcome.solution.problem
        scene = scene_of(outcome.case, problem.device, problem.basis)
        on_root(comm, lambda: _write_scene(unfinished, scene))
        if outcome.transient is not None:
            with spending("fields"):
                _write_states(unfinished, outcome.transient, options.fields, comm)
        if options.pictures:
            progress("drawing pictures")
            with spending("pictures"):
                warnings += _draw(unfinished, "fields", comm)
        if comm.rank == 0:
            (unfinished / "case.yaml").write_text(case_text, encoding="utf-8")
            outcome, undrawn = _with_plots(outcome)
            warnings += undrawn
            if options.pictures:
                with spending("pictures"):
                    _draw_charts(unfinished, outcome.results)
            outcome.look_at_the_clock()
            contents = write_results(unfinished, outcome, comm.size, warnings)
            if report:
                progress("writing the report")
                from spinfem.output.report import write_report

                with spending("report"):
                    write_report(unfinished)
                add_time(unfinished, contents, "report", outcome.seconds["report"])
    return warnings


@contextmanager
def _spending(seconds, phase):
    """What is done meanwhile counts as this phase, and in the total, which stays the last."""
    start = time.perf_counter()
    yield
    spent = time.perf_counter() - start
    seconds[phase] = seconds.get(phase, 0.0) + spent
    seconds["total"] = seconds.pop("total") + spent


def _with_plots(outcome):
    """The outcome with the case's plots among the charts of its tables; warnings of those that cannot be drawn."""
    tables, undrawn = [], []
    for table in outcome.results.tables:
        charts = list(table.charts)
        for plot in outcome.case.plots:
            if plot.table == table.name:
                try:
                    charts.append(chart_of(plot, table))
                except NoSuchColumn as error:
                    undrawn.append(f"no plot {plot.file_name}: {error}")
        tables.append(replace(table, charts=tuple(charts)))
    return replace(outcome, results=replace(outcome.results, tables=tuple(tables))), undrawn


# What draws and what writes fields takes its time to load, and is not needed in every run.


def _write_fields(folder, solution):
    from spinfem.output.fields import write_fields
    from spinfem.output.surfaces import write_surfaces
    from spinfem.output.torque import write_torque

    write_fields(folder, solution)
    write_torque(folder, solution)
    write_surfaces(folder, solution)


def _write_states(folder, transient, snapshots, comm):
    """The last state of a run in time, and the snapshots if they are wanted."""
    from spinfem.output.snapshots import write_snapshots, write_state

    write_state(folder, transient, comm)
    if snapshots:
        write_snapshots(folder, transient, comm)


def _draw_charts(folder, results):
    if any(table.charts for table in results.tables):
        from spinfem.output.charts import draw_table

        for table in results.tables:
            draw_table(folder, table)
    if results.matrices:
        from spinfem.output.heat_map import draw_matrix

        for matrix in results.matrices:
            draw_matrix(folder, matrix)


def write_mesh_report(folder, case, device):
    """Write the mesh, for ParaView and for Gmsh, and its picture into `folder`. Collective. Returns warnings in words."""
    from spinfem.output.fields import write_mesh
    from spinfem.output.gmsh_mesh import write_gmsh

    warnings, comm = [], device.mesh.comm
    with complete_folder(folder, comm, MESH_MARK) as unfinished:
        write_mesh(unfinished, device)
        write_gmsh(unfinished / "mesh.msh", device)
        on_root(comm, lambda: _write_scene(unfinished, scene_of(case, device)))
        warnings += _draw(unfinished, "mesh", comm, shares=1)
    return warnings


def write_failure(folder, error, case_text=None, report=False):
    """Keep the residual history of a solve that failed, as `failed.json` in `folder`, beside an earlier result (rank 0 only).

    Where there is no such result, the case is kept too.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    about = {"error": str(error), "residuals": error.history, "versions": versions("gmsh" in sys.modules)}
    (folder / FAILED).write_text(json.dumps(about, indent=2) + "\n")
    if case_text is not None and not (folder / RESULTS).is_file():
        (folder / "case.yaml").write_text(case_text, encoding="utf-8")
    if report:
        from spinfem.output.report import write_report

        write_report(folder)
    return folder / FAILED


def scene_of(case, device, basis=None):
    """What a picture needs to know besides the fields: names, magnetisations, the spin axis worth a picture (where a current sends spins
    of one axis sideways, that one), which pictures are asked for.

    A stack of layers in 3D is `halved`: wide leads hide what lies between them, and its shape is the same above z = 0.
    """
    dimension, regions = device.mesh.topology.dim, describe.regions(case.kept)
    halved = case.geometry.layers is not None and dimension == 3
    sideways = spin_directions(case.regions, dimension)
    directions = sideways if len(sideways) == 1 else [r.direction for r in regions.values() if r.direction]
    scalars = [
        {
            "name": s.name,
            "label": s.label,
            "title": s.title,
            "unit": s.unit,
            "flow": s.flow_label,
            "flow_title": s.flow_title,
        }
        for s in scalar_fields(case.regions)
    ]
    return ({"scalars": scalars} if scalars else {}) | {
        "title": f"{case.title} (lower half)" if halved else case.title,
        "halved": halved,
        "circulation": dimension == 2 and any(o.kind == "loop_current" for o in case.observables),
        "collinear": basis is not None and len(basis) == 1,
        "spin_axis": next(iter(directions), [0.0, 0.0, 1.0] if basis is None else list(map(float, basis[0]))),
        "regions": {
            name: {"tag": device.regions[name], "material": region.material or name, "magnetization": region.direction}
            for name, region in regions.items()
        },
    }


def _write_scene(folder, scene):
    (folder / "scene.json").write_text(json.dumps(scene, indent=2, ensure_ascii=False) + "\n")


def _draw(folder, what, comm, shares=_SHARES):
    """Draw in processes of their own, which `shares` of the ranks start: a graphics library that crashes must not take the results along.

    Collective. Returns warnings in words, on all ranks.
    """
    shares, problem = min(shares, comm.size), None
    if comm.rank < shares:
        command = [sys.executable, "-m", "spinfem.output.pictures", str(Path(folder)), what]
        command += [str(comm.rank), str(shares)] if shares > 1 else []
        problem = _last_words(command)
    found = dict.fromkeys(filter(None, comm.allgather(problem)))
    return [f"no pictures: {words} (`spinfem doctor` tests off-screen drawing)" for words in found]


def _last_words(command):
    """Run it; what it complains of in the end, None if it ends well."""
    # A child of an MPI process would otherwise believe that it is a rank itself.
    try:
        done = subprocess.run(command, env=outside_mpi(), capture_output=True, text=True, preexec_fn=die_with_parent)
    except OSError as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no message"])[-1]
