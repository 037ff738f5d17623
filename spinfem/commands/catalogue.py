"""What there is: devices, materials, observables, cases to start from, and what works on this machine."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.commands.common import Plugins, refuse, refusing
from spinfem.tty import console, table

_SCHEMA = "../docs/case.schema.json"  # as the cases that come with spinfem name it


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
    for file, template in files.items():  # a case calls its data by the name that they get here
        text = template.read_text(encoding="utf-8").replace(data.name, output.with_suffix(".csv").name)
        write_whole(file, _pointing_to_the_schema(text))
    wrote = " and ".join(map(str, files))
    console().print(f"wrote {wrote}; next: spinfem check {output}", highlight=False, markup=False)


def _pointing_to_the_schema(text):
    """A case as it serves anywhere: the schema that editors read by its whole path, or not at all where none is installed."""
    from spinfem.case.devices import shipped

    first, _, rest = text.partition("\n")
    if not first.endswith(_SCHEMA):
        return text
    schema = shipped("docs") / "case.schema.json"
    return f"{first.removesuffix(_SCHEMA)}{schema.as_uri()}\n{rest}" if schema.is_file() else rest.removeprefix("#\n")


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


def materials(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.yaml]", help="A file of materials of your own, to be checked.", show_default=False
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Temperature for tables and formulas, e.g. '77 K'.", show_default=False)
    ] = None,
    thickness: Annotated[
        str | None, typer.Option(help="Thickness for tables and formulas, e.g. '60 nm'.", show_default=False)
    ] = None,
) -> None:
    """List the material library with its sources; or check a file of your own and list what is in it.

    Example: spinfem materials my_metals.yaml --at "77 K"
    """
    from spinfem.case.library import library
    from spinfem.case.materials import Material
    from spinfem.case.own_materials import materials_in
    from spinfem.case.quantity import film_thickness, kelvin

    with refusing():
        _condition("--at", kelvin, at)
        _condition("--thickness", film_thickness, thickness)
        found = materials_in(file) if file else {name: Material.model_validate(name) for name in library()}
        if at or thickness:
            found = _under(found, at, thickness)
    rows = table(
        "material", "conductivity", "spin diffusion length", "spin lifetime", "P", "spin Hall angle", "source and note"
    )
    for name, m in found.items():
        values = (_value(m, key) for key in ("conductivity", "spin_diffusion_length", "spin_lifetime"))
        others = (_value(m, key) for key in ("polarization", "spin_hall_angle"))
        about = ". ".join(text.rstrip(".") for text in (m.source, m.note) if text)
        rows.add_row(*map(Text, (name, *values, *others, f"{about}\n")))
    console().print(rows)


def _condition(option, physical, given):
    """Raises CaseError for what is no temperature, no thickness."""
    try:
        if given is not None:
            physical.parse(given)
    except ValueError as error:
        raise CaseError([Fault(option, given, str(error))]) from None


def _under(found, at, thickness):
    """Materials at a temperature, for a thickness. Raises CaseError."""
    there, faults = {}, []
    for name, material in found.items():
        try:
            there[name] = material.at(at, thickness)
        except CaseError as error:
            faults += [replace(fault, key=f"{name}.{fault.key}") for fault in error.faults]
    if faults:
        raise CaseError(faults)
    return there


def _value(material, key):
    """A value of a material in words: the number, or the law where no temperature was given."""
    from spinfem.case.materials import keys_of_laws
    from spinfem.formatting import humanize

    value, unit, law = getattr(material, key), keys_of_laws()[key].physical.unit, material.laws.get(key)
    known = key in material.model_fields_set or (value is not None and not material.pending)
    if law is not None and not known:
        return law.words
    if value is None:
        return ""
    return humanize(value, unit) if unit else f"{value:g}"


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
            f"  {field.validation_alias or key}", "required" if field.is_required() else "", Text(meaning(model, field))
        )
    return rows
