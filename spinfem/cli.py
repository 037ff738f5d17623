"""The commands: arguments and printing.

What is heavy (Gmsh, DOLFINx, pictures) is imported by the command that needs it, so that help is there at once.
"""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from spinfem import __version__
from spinfem.case.describe import description, separate_parts, table
from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.command_line import (
    BAD_CASE,
    FAILED_SOLVE,
    CaseFile,
    Output,
    Overrides,
    Plugins,
    Ranks,
    everywhere,
    fail,
    read,
    read_together,
    refuse,
    with_plugins,
)
from spinfem.mpi import under_mpi
from spinfem.sweep_commands import collect, refuse_bad_points, status, sweep
from spinfem.tty import console

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


def main():
    """The program as a person starts it."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `spinfem check case.yaml | head` ends quietly
    # PETSc would comment on every signal, and it is not PETSc that a person interrupts.
    os.environ["PETSC_OPTIONS"] = f"-no_signal_handler {os.environ.get('PETSC_OPTIONS', '')}".strip()
    try:
        app(prog_name="spinfem")
    except OSError as error:
        fail(f"{error.filename} cannot be read or written: {error.strerror}" if error.filename else str(error))
        raise SystemExit(FAILED_SOLVE) from None


def show_version(wanted: bool):
    """End the program with its version."""
    if wanted:
        console().print(f"spinfem {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def spinfem(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Say the version and end.")
    ] = False,
):
    """Diffusive spin transport in metallic nanostructures.

    A case file describes a device and what is to be found out about it. Start with: spinfem new nonlocal_valve
    """


@app.command()
def check(case_file: CaseFile, overrides: Overrides = None, plugins: Plugins = None):
    """Read and explain a case; solve nothing.

    Example: spinfem check cases/nonlocal_valve.yaml --set regions.wire.material="Cu @ 300 K"
    """
    from spinfem.geometry.scale import scale_of_outline, scale_warnings

    overrides = with_plugins(overrides, plugins)
    case, outline = read(case_file, overrides)
    if case.sweep.axes:
        refuse_bad_points(case, case_file, overrides)
    for part in description(case, outline):
        console().print(part)
        console().print()
    console().print("ok", style="green")
    for warning in scale_warnings(case, scale_of_outline(case, outline)):
        fail(f"warning: {warning}")


@app.command()
def run(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
):
    """Solve a case, print the table of results, write everything into a folder.

    Example: spinfem run cases/nonlocal_valve.yaml -n 2 -o results/valve --set regions.wire.material="Cu @ 300 K"
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / case_file.stem
    with everywhere(ranks, "run", [case_file], folder, overrides) as comm:
        from spinfem.algebra.solver import SolveError
        from spinfem.case.reader import as_it_ran
        from spinfem.output.console import results_table, spinner, summary_lines
        from spinfem.output.folders import reserved
        from spinfem.output.write import write_failure, write_outcome
        from spinfem.study.run import run as solve
        from spinfem.study.session import Session

        case, _ = read_together(comm, case_file, overrides, folder)
        try:
            with reserved(folder, comm), spinner(comm) as progress:
                outcome = solve(case, Session(comm), progress)
                text = as_it_ran(case_file, overrides)
                warnings = write_outcome(folder, outcome, text, comm, progress, report=case.output.report)
        except CaseError as error:
            if comm.rank == 0:
                refuse(error.faults)
            raise typer.Exit(BAD_CASE) from None
        except SolveError as error:
            if comm.rank == 0:
                kept = write_failure(folder, error, as_it_ran(case_file, overrides), case.output.report)
                fail(f"{error}; the residual history is in {kept}")
            raise typer.Exit(FAILED_SOLVE) from None
        if comm.rank == 0:
            console().print(results_table(outcome))
            for line in summary_lines(outcome, comm.size, folder):
                console().print(line)
            for warning in warnings:
                fail(f"warning: {warning}")


for command in (sweep, status, collect):
    app.command()(command)


@app.command()
def fit(
    case_file: CaseFile,
    data_file: Annotated[Path, typer.Argument(metavar="DATA.csv", help="The measured data.", show_default=False)],
    ranks: Ranks = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.", show_default="results/CASE_fit"),
    ] = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
):
    """Find numbers of a case (its `fit`) from measured data, by the full model and by the one-dimensional formula.

    Example: spinfem fit cases/wide_contacts.yaml cases/wide_contacts.csv
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / f"{case_file.stem}_fit"

    def source():
        from spinfem.case.reader import text_of
        from spinfem.fitting.source import Source

        return Source(text_of(case_file), case_file.parent, tuple(overrides or ()))

    def refuse_bad_data():
        from spinfem.fitting.fit import prepare

        try:
            prepare(source(), data_file)
        except CaseError as error:
            refuse(error.faults)

    if not under_mpi():
        _refuse_unreadable(case_file, overrides, data_file)
    files = [case_file, data_file]
    with everywhere(ranks, "fit", files, folder, overrides, mark="fit.json", refuse_early=refuse_bad_data) as comm:
        from spinfem.algebra.solver import SolveError
        from spinfem.fitting.console import fit_parts
        from spinfem.fitting.fit import fit as find
        from spinfem.fitting.write import MARK, write_fit
        from spinfem.geometry.root import on_root
        from spinfem.output.console import spinner
        from spinfem.output.folders import reserved

        read_together(comm, case_file, overrides, folder, MARK)
        try:
            written = comm.bcast(on_root(comm, source))
            with reserved(folder, comm, MARK), spinner(comm) as progress:
                result = find(written, data_file, comm, progress)
                write_fit(folder, result, written, comm)
        except CaseError as error:
            if comm.rank == 0:
                refuse(error.faults)
            raise typer.Exit(BAD_CASE) from None
        except SolveError as error:
            if comm.rank == 0:
                fail(str(error))
            raise typer.Exit(FAILED_SOLVE) from None
        if comm.rank == 0:
            for part in fit_parts(result, folder):
                console().print(part)
                console().print()


def _refuse_unreadable(case_file, overrides, data_file):
    """Tell faults of the data before DOLFINx is loaded, which takes longer than to read them."""
    from spinfem.case.reader import load_case
    from spinfem.fitting.data import read_data

    try:
        case = load_case(case_file, overrides or ())
        if case.fit.parameters:  # else that is said first
            read_data(data_file, case)
    except CaseError as error:
        refuse(error.faults)


@app.command()
def mesh(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
):
    """Make only the mesh of a case: print its quality, draw it.

    Example: spinfem mesh cases/nonlocal_valve.yaml --set mesh.resolution=0.25
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / f"{case_file.stem}_mesh"
    with everywhere(ranks, "mesh", [case_file], folder, overrides, mark="mesh.pvtu") as comm:
        from spinfem.geometry.build import build_device
        from spinfem.geometry.quality import mesh_quality
        from spinfem.geometry.scale import scale_of_device, scale_warnings
        from spinfem.output.console import quality_tables, spinner
        from spinfem.output.folders import MESH_MARK, reserved
        from spinfem.output.write import write_mesh_report

        case, outline = read_together(comm, case_file, overrides, folder, MESH_MARK)
        with reserved(folder, comm, MESH_MARK), spinner(comm) as progress:
            progress("meshing")
            device = build_device(case, comm)
            lengths = {name: region.material.spin_diffusion_length for name, region in case.regions.items()}
            quality = mesh_quality(device, lengths)
            scale = scale_of_device(case, device)
            warnings = [*scale_warnings(case, scale), *write_mesh_report(folder, case, device)]
        if comm.rank == 0:
            for part in (*quality_tables(case, quality, scale), *separate_parts(case, outline)):
                console().print(part)
            console().print(f"written to {folder}")
            for warning in warnings:
                fail(f"warning: {warning}")


@app.command()
def entities(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CAD file, a script or a mesh.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="PNG", help="The picture to draw.", show_default="FILE_entities.png, here"
        ),
    ] = None,
):
    """List the parts and faces of a drawing or a mesh by number, and draw them, for `geometry.entities` of a case.

    Lengths are in units of the file. Example: spinfem entities device.step
    """
    from spinfem.geometry.entities import entities_of
    from spinfem.output.console import entities_table
    from spinfem.output.entities_picture import draw_entities

    try:
        found = entities_of(file)
    except CaseError as error:
        refuse(error.faults)
    console().print(entities_table(found))
    try:
        picture = draw_entities(output or Path(f"{file.stem}_entities.png"), found, file.name)
    except OSError as error:
        fail(f"no picture: {error.strerror or error}: {error.filename}")
        raise typer.Exit(FAILED_SOLVE) from None
    console().print(f"drawn in {picture}", highlight=False, markup=False)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of results.", show_default=False)],
):
    """Make DIR/report.html, one page with everything about a run or a sweep, from what lies in DIR.

    Example: spinfem report results/nonlocal_valve
    """
    from spinfem.output.report import NothingToReport, write_report

    try:
        page = write_report(folder)
    except NothingToReport as error:
        refuse([Fault("DIR", str(folder), str(error))])
    console().print(f"wrote {page}", highlight=False, markup=False)


@app.command()
def paraview(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Results of a run or a sweep.", show_default=False)],
):
    """Write a Python file that opens the results in DIR in ParaView, with colours, arrows and views that suit the device.

    Example: spinfem paraview results/nonlocal_valve
    """
    from spinfem.output.paraview import NothingToShow, write_script

    try:
        script = write_script(folder)
    except NothingToShow as error:
        refuse([Fault("DIR", str(folder), str(error))])
    console().print(f"wrote {script}; next: paraview --script={script}", highlight=False, markup=False)


@app.command()
def doctor():
    """Say what works here: versions, MPI, the compiler, off-screen pictures.

    Example: spinfem doctor
    """
    from spinfem.doctor import main

    raise typer.Exit(main())


@app.command()
def new(
    device: Annotated[str, typer.Argument(help="A device of `spinfem devices`.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write.", show_default="DEVICE.yaml")
    ] = None,
):
    """Write a commented case file to start from.

    Example: spinfem new nonlocal_valve -o my_valve.yaml
    """
    from spinfem.case.devices import shipped
    from spinfem.output.folders import write_whole

    templates = {path.stem: path for path in sorted(shipped("cases").glob("*.yaml"))}
    if device not in templates:
        refuse([Fault("DEVICE", device, not_among(device, templates, "device"))])
    output = output or Path(f"{device}.yaml")
    data = templates[device].with_suffix(".csv")  # some cases come with data to fit
    files = {output: templates[device]} | ({output.with_suffix(".csv"): data} if data.is_file() else {})
    if there := [file for file in files if file.exists()]:
        refuse([Fault("--output", str(file), "this file exists; choose another name") for file in there])
    for file, template in files.items():
        write_whole(file, template.read_text(encoding="utf-8"))
    wrote = " and ".join(map(str, files))
    console().print(f"wrote {wrote}; next: spinfem check {output}", highlight=False, markup=False)


@app.command()
def materials():
    """List the material library with its sources.

    Example: spinfem materials
    """
    from spinfem.case.materials import Material, library
    from spinfem.case.quantity import humanize

    rows = table("material", "conductivity", "spin diffusion length", "P", "spin Hall angle", "source and note")
    for name in library():
        m = Material.model_validate(name)
        rows.add_row(
            m.name,
            humanize(m.conductivity, "S/m"),
            humanize(m.spin_diffusion_length, "m"),
            f"{m.polarization:g}",
            f"{m.spin_hall_angle:g}",
            f"{m.source}. {m.note}\n",
        )
    console().print(rows)


@app.command()
def devices():
    """List the parametric drawings with their parameters, and what a list of layers can say.

    Example: spinfem devices
    """
    from spinfem.case.devices import scripts
    from spinfem.case.layers import Layer

    for device in scripts().values():
        console().print(Text.assemble((device.name, "bold"), f"  {device.title}"))
        rows = table("  parameter", "default", "")
        for parameter in device.parameters:
            rows.add_row(f"  {parameter.name}", f"{parameter.default} {parameter.unit}".strip(), parameter.label)
        console().print(rows)
        console().print()
    text = "  No drawing but a list: multilayers, pillars, wires (spinfem new gmr_pillar, gmr_pillar_3d)"
    console().print(Text.assemble(("geometry.layers", "bold"), text))
    console().print(keys(Layer))


@app.command()
def observables(plugins: Plugins = None):
    """List what can be read off a solution, with the keys of each kind.

    Example: spinfem observables --plugin my_observable.py
    """
    from spinfem.case.plugin_files import use
    from spinfem.case.plugins import Observable

    try:
        use(plugins or ())
        kinds = list(Observable.kinds.items())
    except CaseError as error:
        refuse(error.faults)
    for kind, model in kinds:
        console().print(Text.assemble((kind, "bold"), f"  {first_line(model)}"))
        console().print(keys(model))
        console().print()


def keys(model):
    """The table of the keys that a mapping has in a case file."""
    from spinfem.case.reference import meaning

    rows = table("  key", "", "")
    for key, field in model.model_fields.items():
        rows.add_row(f"  {field.alias or key}", "required" if field.is_required() else "", meaning(field))
    return rows


def first_line(thing):
    """The first line of a docstring."""
    return (thing.__doc__ or "").strip().split("\n")[0]
