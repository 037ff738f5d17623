"""The mesh of a case, and the entities of a drawing."""

from pathlib import Path
from typing import Annotated

import typer

from spinfem.commands.common import (
    FAILED_SOLVE,
    CaseFile,
    Output,
    Overrides,
    Plugins,
    Ranks,
    everywhere,
    fail,
    read_together,
    refusing,
    with_plugins,
)
from spinfem.tty import console


def mesh(
    case_file: CaseFile,
    ranks: Ranks = None,
    output: Output = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Make only the mesh of a case: print its quality, draw it. Of a mesh that follows `accuracy` it is the first one.

    Example: spinfem mesh cases/nonlocal_valve.yaml --set mesh.resolution=0.25
    """
    overrides = with_plugins(overrides, plugins)
    folder = output or Path("results") / f"{case_file.stem}_mesh"
    with everywhere(ranks, "mesh", [case_file], folder, overrides, mark="mesh.pvtu") as comm:
        from spinfem.geometry.quality import mesh_quality
        from spinfem.geometry.scale import scale_of_mesh, scale_warnings
        from spinfem.output.check import separate_parts
        from spinfem.output.console import quality_tables, spinner
        from spinfem.output.folders import MESH_MARK, reserved
        from spinfem.output.write import write_mesh_report
        from spinfem.study.session import Session

        case, outline = read_together(comm, case_file, overrides, folder, MESH_MARK)
        with reserved(folder, comm, MESH_MARK), spinner(comm) as progress:
            progress("meshing")
            session = Session(comm)
            device = session.adaptable(case).device if case.goal else session.device(case)
            quality = mesh_quality(device, case.diffusion_lengths)
            scale = scale_of_mesh(case, quality)
            warnings = [*scale_warnings(case, scale), *write_mesh_report(folder, case, device)]
        if comm.rank == 0:
            for part in (*quality_tables(case, quality, scale), *separate_parts(case, outline)):
                console().print(part)
            console().print(f"written to {folder}")
            for warning in warnings:
                fail(f"warning: {warning}")


def entities(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CAD file, a script or a mesh.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="PNG", help="The picture to draw.", show_default="FILE_entities.png, here"
        ),
    ] = None,
) -> None:
    """List the parts and faces of a drawing or a mesh by number, and draw them, for `geometry.entities` of a case.

    Lengths are in units of the file. Example: spinfem entities device.step
    """
    from spinfem.geometry.entities import entities_of
    from spinfem.output.console import entities_table
    from spinfem.output.entities_picture import draw_entities

    with refusing():
        found = entities_of(file)
    console().print(entities_table(found))
    try:
        picture = draw_entities(output or Path(f"{file.stem}_entities.png"), found, file.name)
    except OSError as error:
        fail(f"no picture: {error.strerror or error}: {error.filename}")
        raise typer.Exit(FAILED_SOLVE) from None
    console().print(f"drawn in {picture}", highlight=False, markup=False)
