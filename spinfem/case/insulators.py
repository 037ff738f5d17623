"""Insulating magnets that are drawn: regions without electrons, in which spins travel as magnons (docs/insulating_magnets.md)."""

from spinfem.case.names import sides
from spinfem.formatting import humanize


def faults(case, outline):
    """(path, value, message) for what a Case on the drawing with this Outline asks of insulating magnets that cannot be."""
    insulating = {name for name, region in case.regions.items() if region.insulating}
    if not insulating:
        return
    if insulating.issuperset(outline.regions):
        yield ("regions",), sorted(insulating), "are all insulating magnets: nothing in the device conducts"
    for pair in sorted(sorted(pair) for pair in outline.contacts if insulating & pair):
        yield from _contact(case, pair)
    for name, regions in outline.terminals.items():
        if name in case.terminals and (there := sorted(insulating.intersection(regions))):
            yield from _terminal(name, case.terminals[name], there[0])
    for name in sorted(insulating):
        material = case.regions[name].material
        if case.heat is not None and material.thermal_conductivity is None:
            message = "has to be given, e.g. 7 W/m/K: an insulator has no Wiedemann-Franz law to make it of"
            yield ("regions", name, "material", "thermal_conductivity"), None, message
        for key in ("time", "frequency"):
            if getattr(case, key) is not None:
                message = f"is known in the steady state alone, and `{key}` asks how fast magnons move: let the magnet cover a terminal instead"
                shown = humanize(material.magnon_conductivity, "S/m")
                yield ("regions", name, "material", "magnon_conductivity"), shown, message


def _contact(case, pair):
    named = next((name for name in case.interfaces if set(sides(name)) == set(pair)), None)
    first, second = (case.regions.get(name) for name in pair)
    if None in (first, second):
        return
    if named is not None:
        if case.interfaces[named].conducts:
            insulator = pair[0] if first.insulating else pair[1]
            message = f"lets charge pass, and {insulator} is an insulator: use type: circuit with conductance_up and conductance_down 0 S/m^2"
            yield ("interfaces", named), case.interfaces[named].kind, message
    elif not (first.insulating and second.insulating):
        message = (
            "is missing: an insulating magnet and a metal exchange spins by the conductances of their contact, e.g. {type: circuit, "
            "conductance_up: 0 S/m^2, conductance_down: 0 S/m^2, mixing_conductance: 1e14 S/m^2, spin_conductance: 1e13 S/m^2}"
        )
        yield ("interfaces", "/".join(pair)), None, message
    elif first.magnetization != second.magnetization:
        message = f"differs from that of {pair[1]}: magnons pass freely between magnets of one direction only"
        yield ("regions", pair[0], "magnetization"), str(first.magnetization), message


def _terminal(name, terminal, region):
    where = f"{region} is an insulating magnet"
    if terminal.charge.equipotential:
        yield (
            ("terminals", name),
            None,
            f"{where}, and has no potential that it could have: leave it out, or `insulated: true`",
        )
    elif terminal.spin.kind != "reflecting":
        yield ("terminals", name, "spin"), terminal.spin.kind, f"{where}, whose spins pass no terminal: leave it out"
