"""What there is: devices, materials, observables, cases to start from, and what works on this machine."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from spinfem.case.faults import Fault, not_among
from spinfem.commands.common import Plugins, refuse, refusing
from spinfem.tty import console, table


def doctor() -> None:
    """Say what works here: versions, MPI, the compiler, off-screen pictures.

    Example: spinfem doctor
    """
    from spinfem.doctor import main

    raise typer.Exit(main())


def new(
    device: Annotated[
        str | None,
        typer.Argument(help="One of the cases that come with spinfem; without it they are listed.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write.", show_default="DEVICE.yaml")
    ] = None,
) -> None:
    """Write a commented case file to start from.

    Example: spinfem new nonlocal_valve -o my_valve.yaml
    """
    from spinfem.case.devices import shipped
    from spinfem.output.folders import write_whole

    templates = {path.stem: path for path in sorted(shipped("cases").glob("*.yaml"))}
    if device is None:
        console().print(_titles(templates))
        return
    if device not in templates:
        refuse([Fault("DEVICE", device, not_among(device, templates, "case to start from"))])
    output = output or Path(f"{device}.yaml")
    data = templates[device].with_suffix(".csv")  # some cases come with data to fit
    files = {output: templates[device]} | ({output.with_suffix(".csv"): data} if data.is_file() else {})
    if there := [file for file in files if file.exists()]:
        refuse([Fault("--output", str(file), "this file exists; choose another name") for file in there])
    for file, template in files.items():
        write_whole(file, template.read_text(encoding="utf-8"))
    wrote = " and ".join(map(str, files))
    console().print(f"wrote {wrote}; next: spinfem check {output}", highlight=False, markup=False)


def _titles(templates):
    rows = table("case", "title")
    for name, path in templates.items():
        titles = (
            line.removeprefix("title: ")
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith("title: ")
        )
        rows.add_row(name, Text(next(titles, "")))
    return rows


def materials() -> None:
    """List the material library with its sources.

    Example: spinfem materials
    """
    from spinfem.case.materials import Material, library
    from spinfem.formatting import humanize

    rows = table(
        "material", "conductivity", "spin diffusion length", "spin lifetime", "P", "spin Hall angle", "source and note"
    )
    for name in library():
        m = Material.model_validate(name)
        rows.add_row(
            m.name,
            humanize(m.conductivity, "S/m"),
            humanize(m.spin_diffusion_length, "m"),
            "" if m.spin_lifetime is None else humanize(m.spin_lifetime, "s"),
            f"{m.polarization:g}",
            f"{m.spin_hall_angle:g}",
            f"{m.source}. {m.note}\n",
        )
    console().print(rows)


def devices() -> None:
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
    console().print(_keys(Layer))


def observables(plugins: Plugins = None) -> None:
    """List what can be read off a solution, with the keys of each kind.

    Example: spinfem observables --plugin my_observable.py
    """
    from spinfem.case.plugin_files import use
    from spinfem.case.plugins import Observable

    with refusing():
        use(plugins or ())
        kinds = list(Observable.kinds.items())
    for kind, model in kinds:
        first_line = (model.__doc__ or "").strip().split("\n")[0]
        console().print(Text.assemble((kind, "bold"), f"  {first_line}"))
        console().print(_keys(model))
        console().print()


def _keys(model):
    """The table of the keys that a mapping has in a case file."""
    from spinfem.case.reference import meaning

    rows = table("  key", "", "")
    for key, field in model.model_fields.items():
        rows.add_row(
            f"  {field.validation_alias or key}", "required" if field.is_required() else "", meaning(model, field)
        )
    return rows
