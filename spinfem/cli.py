"""The commands: arguments and printing.

What is heavy (Gmsh, DOLFINx, pictures) is imported by the command that needs it, so that help is there at once.
"""

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from spinfem import __version__
from spinfem.case.describe import description, table
from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.terminal import console, under_mpi

FAILED_SOLVE, BAD_CASE = 1, 2  # exit status

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

CaseFile = Annotated[Path, typer.Argument(metavar="CASE.yaml", help="The case file.", show_default=False)]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", show_default=False, help="Replace a value of the case (repeatable)."),
]

Ranks = Annotated[
    int | None, typer.Option("-n", "--ranks", min=1, help="Processes to run on (starts MPI).", show_default="1")
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="DIR", help="Folder for the results.", show_default="results/CASE"),
]


def main():
    """The program as a person starts it."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `spinfem check case.yaml | head` ends quietly
    # PETSc would comment on every signal, and it is not PETSc that a person interrupts.
    os.environ["PETSC_OPTIONS"] = f"-no_signal_handler {os.environ.get('PETSC_OPTIONS', '')}".strip()
    app(prog_name="spinfem")


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
def check(case_file: CaseFile, overrides: Overrides = None):
    """Read and explain a case; solve nothing.

    Example: spinfem check cases/nonlocal_valve.yaml --set regions.wire.material="Cu @ 300 K"
    """
    case, outline = read(case_file, overrides)
    for part in description(case, outline):
        console().print(part)
        console().print()
    console().print("ok", style="green")


@app.command()
def run(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
):
    """Solve a case, print the table of results, write everything into a folder.

    Example: spinfem run cases/nonlocal_valve.yaml -n 2 -o results/valve --set regions.wire.material="Cu @ 300 K"
    """
    folder = output or Path("results") / case_file.stem
    with everywhere(ranks, "run", [case_file], folder, overrides) as comm:
        from spinfem.algebra.solver import SolveError
        from spinfem.case.reader import as_it_ran
        from spinfem.output.console import progress, results_table, summary_lines
        from spinfem.output.write import write_failure, write_outcome
        from spinfem.study.run import run as solve
        from spinfem.study.workshop import Workshop

        case, _ = read_together(comm, case_file, overrides, folder)
        try:
            with progress(comm) as tell:
                outcome = solve(case, Workshop(comm), tell)
                text = as_it_ran(case_file, overrides)
                warnings = write_outcome(folder, outcome, text, comm, tell, report=case.output.report)
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


@app.command()
def sweep(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
):
    """Run a case at every point of its `sweep`, make one table and its plots. Points that are there already are kept.

    Example: spinfem sweep cases/separation.yaml -n 2 -o results/separation
    """
    folder = output or Path("results") / case_file.stem
    with everywhere(ranks, "sweep", [case_file], folder, overrides) as comm:
        from spinfem.batch.records import MARK
        from spinfem.batch.sweep import sweep as conduct
        from spinfem.output.console import progress, sweep_lines

        case, _ = read_together(comm, case_file, overrides, folder, MARK)
        if not case.sweep.points:
            if comm.rank == 0:
                fail(
                    "sweep: this case has none; `spinfem run` computes it, and docs/case-reference.md tells how to sweep"
                )
            raise typer.Exit(BAD_CASE)
        try:
            with progress(comm) as tell:
                report = conduct(case, case_file, overrides or (), folder, comm, tell)
        except CaseError as error:
            if comm.rank == 0:
                refuse(error.faults)
            raise typer.Exit(BAD_CASE) from None
        if comm.rank == 0:
            for line in sweep_lines(report, folder):
                console().print(line)
            for warning in report.warnings:
                fail(f"warning: {warning}")
        if report.counts["failed"]:
            raise typer.Exit(FAILED_SOLVE)


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
):
    """Find numbers of a case (its `fit`) from measured data, by the full model and by the one-dimensional formula.

    Example: spinfem fit cases/wide_contacts.yaml cases/wide_contacts.csv
    """
    folder = output or Path("results") / f"{case_file.stem}_fit"

    def source():
        from spinfem.case.reader import text_of
        from spinfem.fit.source import Source

        return Source(text_of(case_file), case_file.parent, tuple(overrides or ()))

    def refuse_bad_data():
        from spinfem.fit.fit import prepare

        try:
            prepare(source(), data_file)
        except CaseError as error:
            refuse(error.faults)

    with everywhere(ranks, "fit", [case_file, data_file], folder, overrides, refuse_bad_data) as comm:
        from spinfem.algebra.solver import SolveError
        from spinfem.fit.console import fit_parts
        from spinfem.fit.fit import fit as find
        from spinfem.fit.write import MARK, write_fit
        from spinfem.geometry.root import on_root
        from spinfem.output.console import progress

        read_together(comm, case_file, overrides, folder, MARK)
        try:
            written = comm.bcast(on_root(comm, source))
            with progress(comm) as tell:
                result = find(written, data_file, comm, tell)
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


@app.command()
def mesh(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
):
    """Make only the mesh of a case: print its quality, draw it.

    Example: spinfem mesh cases/nonlocal_valve.yaml --set mesh.resolution=0.25
    """
    folder = output or Path("results") / f"{case_file.stem}_mesh"
    with everywhere(ranks, "mesh", [case_file], folder, overrides) as comm:
        from spinfem.geometry.build import build_device
        from spinfem.geometry.quality import mesh_quality
        from spinfem.output.console import progress, quality_tables
        from spinfem.output.results import MESH_MARK
        from spinfem.output.write import write_mesh_report

        case, _ = read_together(comm, case_file, overrides, folder, MESH_MARK)
        with progress(comm) as tell:
            tell("meshing")
            device = build_device(case, comm)
            lengths = {name: region.material.spin_diffusion_length for name, region in case.regions.items()}
            quality = mesh_quality(device, lengths)
            warnings = write_mesh_report(folder, case, device)
        if comm.rank == 0:
            for part in quality_tables(case, quality):
                console().print(part)
            console().print(f"written to {folder}")
            for warning in warnings:
                fail(f"warning: {warning}")


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

    templates = {path.stem: path for path in sorted(shipped("cases").glob("*.yaml"))}
    if device not in templates:
        refuse([Fault("DEVICE", device, not_among(device, templates, "device"))])
    output = output or Path(f"{device}.yaml")
    data = templates[device].with_suffix(".csv")  # some cases come with data to fit
    files = {output: templates[device]} | ({output.with_suffix(".csv"): data} if data.is_file() else {})
    if there := [file for file in files if file.exists()]:
        refuse([Fault("--output", str(file), "this file exists; choose another name") for file in there])
    for file, template in files.items():
        file.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
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
def observables():
    """List what can be read off a solution, with the keys of each kind.

    Example: spinfem observables
    """
    for kind, model in sorted(registered().kinds.items()):
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


def registered():
    """The Observable class, after everything that plugs into a case has registered itself."""
    import spinfem.model.interfaces  # noqa: F401
    import spinfem.observables  # noqa: F401
    from spinfem.case.plugins import Observable

    return Observable


def first_line(thing):
    """The first line of a docstring."""
    return (thing.__doc__ or "").strip().split("\n")[0]


def read(case_file, overrides=()):
    """The Case of a file and the Outline of its drawing, checked against each other; faults end the program."""
    registered()
    from spinfem.case.cross_check import cross_check
    from spinfem.case.reader import load_case
    from spinfem.geometry.build import outline_of

    try:
        case = load_case(case_file, overrides or ())
        outline = outline_of(case)
        if faults := cross_check(case, outline):
            raise CaseError(faults)
    except CaseError as error:
        refuse(error.faults)
    return case, outline


@contextmanager
def everywhere(ranks, command, files, folder, overrides, refuse_early=lambda: None):
    """The communicator to work on. With `ranks` the same command is started on that many, and this process only waits."""
    from spinfem.launch import abort_together, start_ranks

    if ranks and ranks > 1 and not under_mpi():
        read(files[0], overrides)  # a bad case is refused before mpirun, which would comment on the exit status
        refuse_early()
        again = [word for override in overrides or () for word in ("--set", override)]
        raise typer.Exit(start_ranks(ranks, [command, *map(str, files), "-o", str(folder), *again]))
    from mpi4py import MPI

    abort_together(MPI.COMM_WORLD)
    yield MPI.COMM_WORLD


def read_together(comm, case_file, overrides, folder, mark=None):
    """What `read` gives, on every rank; rank 0 alone reads, and speaks of faults. The output folder is looked at too."""
    found, status = None, 0
    if comm.rank == 0:
        try:
            found = read(case_file, overrides)
            check_output(folder, mark)
        except typer.Exit as leave:
            status = leave.exit_code
    found, status = comm.bcast((found, status))
    if status:
        raise typer.Exit(status)
    return found


def check_output(folder, mark):
    """Refuse a folder whose files a result would replace."""
    from spinfem.output.results import RESULTS, FolderInUse, check_folder

    try:
        check_folder(folder, mark or RESULTS)
    except FolderInUse as error:
        refuse([Fault("--output", str(folder), str(error))])


def fail(message):
    """One line on stderr."""
    console(stderr=True).print(Text(message), soft_wrap=True)


def refuse(faults):
    """Print all faults of a case, one on each line, and exit with the status of a bad case."""
    for fault in faults:
        console(stderr=True).print(Text(str(fault)), soft_wrap=True)
    raise typer.Exit(BAD_CASE)
