"""What a case says of regions, contacts, terminals and observables, as plain data: for `spinfem check`, reports and pictures.

Everything is read from a case as results.json keeps it (`Case.kept`), because a report knows nothing else. Who shows it chooses how numbers are
written.
"""

import re
from dataclasses import dataclass, replace

from spinfem.case.conditions import SCALARS, ChargeCondition, HeatCondition, SpinCondition, kind_of
from spinfem.case.dynamics import Anisotropy, DriveProfile, DynamicDrive, Macrospin, Pulse
from spinfem.case.magnetization.following import Following
from spinfem.case.materials import Material
from spinfem.case.plugins import Interface, Observable, Term
from spinfem.case.quantity import Physical
from spinfem.case.region import Region
from spinfem.case.signal import Signal
from spinfem.case.transient import Transient
from spinfem.case.validation import marks_of
from spinfem.formatting import humanize, magnetization_words

_STEPS = re.compile(r"([./])")
_IN_COLUMNS = ("name", "conductivity", "spin_diffusion_length", "polarization", "material", "magnetization", "terms")
_TOLD_ELSEWHERE = (*_IN_COLUMNS, "resistivity", "base", "source", "note", "temperature", "thickness", "laws")


@dataclass(frozen=True)
class Said:
    """A key of the case and its value, in the SI unit that it counts in (None: no quantity)."""

    key: str
    value: object
    unit: str | None = None

    @property
    def label(self):
        """The key in words."""
        return self.key.replace("_", " ").replace(" hall ", " Hall ").replace("seebeck", "Seebeck")

    def stated(self, number):
        """The key and its value in words: voltage 1 mV, sink."""
        return self.key if self.value is None else f"{self.key} {self.written(number)}"

    def written(self, number):
        """The value in words; number(value, unit) writes one number of it."""
        return _written(self.value, self.unit, number)


@dataclass(frozen=True)
class SaidRegion:
    """material: its name, "" if it is given in the case. direction: where the magnetization is uniform. further: what else is not zero."""

    material: str
    conductivity: Said
    spin_diffusion_length: Said
    polarization: Said
    magnetization: str
    direction: list | None
    further: list[Said]
    source: str
    note: str


def regions(case):
    """Name -> SaidRegion."""
    return {name: _region(given) for name, given in case["regions"].items()}


def _region(given):
    material, magnetization = given["material"], given.get("magnetization")
    own = [Said(kind, _said_of_term(kind, keys)) for kind, keys in (given.get("terms") or {}).items()]
    others = [*_said(Material, material, _TOLD_ELSEWHERE), *_said(Region, given, _TOLD_ELSEWHERE)]
    in_columns = {
        key: Said(key, material.get(key, 0.0), unit_of(Material.model_fields[key]))
        for key in ("conductivity", "spin_diffusion_length", "polarization")
    }
    return SaidRegion(
        material=_named(material),
        conductivity=in_columns["conductivity"],
        spin_diffusion_length=in_columns["spin_diffusion_length"],
        polarization=in_columns["polarization"],
        magnetization="" if magnetization is None else magnetization_words(magnetization),
        direction=(magnetization or {}).get("direction"),
        further=[said for said in others if said.value not in (0, _usual(said.key))] + own,
        source=material.get("source") or "",
        note=material.get("note") or "",
    )


def _named(material):
    """What a material is called, and where the values are taken that depend on temperature and thickness."""
    name = material.get("name") or ""
    if not material.get("laws"):
        return name
    where = [(f"at {humanize(material['temperature'], 'K')}" if material.get("temperature") else "")]
    where += [f"{humanize(material['thickness'], 'm')} thick" if material.get("thickness") else ""]
    return f"{name or 'given in the case'} {', '.join(filter(None, where))}".strip()


def _said_of_term(kind, keys):
    """What the keys of a term say that are not as usual."""
    model = Term.kinds.get(kind)
    usual = {key: field.default for key, field in model.model_fields.items()} if model else {}
    return [said for said in _said(model, keys, ()) if said.key not in usual or said.value != usual[said.key]]


def left_out(case):
    """What a Case in a magnetic field or at a temperature does not take into account, a sentence each."""
    fixed = {name: region.material for name, region in case.regions.items() if not region.material.varies}
    if case.temperature is not None and fixed:
        measured = [
            f"{n} ({m.name or humanize(m.temperature, 'K')})" if m.name or m.temperature else n
            for n, m in fixed.items()
        ]
        yield f"the temperature changes nothing in {', '.join(measured)}: the values there are numbers"
    inside = {name: region for name, region in case.regions.items() if any(region.magnetic_field or ())}
    strong = [name for name, region in inside.items() if region.strong]
    stay = [name for name in strong if not isinstance(inside[name].magnetization, Following)]
    if any(case.magnetic_field or ()):
        covering = {name: terminal.spin.magnet for name, terminal in case.terminals.items() if terminal.spin.magnet}
        stay += [name for name, magnet in covering.items() if not isinstance(magnet, Following)]
    if strong:
        yield f"spins in {', '.join(strong)} follow the magnetization: the magnetic field does not turn them there"
    if stay:
        yield f"the magnetization of {', '.join(stay)} stays as it is given, whatever the field"
    leads = [name for name, terminal in case.terminals.items() if getattr(terminal.spin, "lead", None) is not None]
    if inside and leads:
        yield f"the magnetic field does not reach into the leads at {', '.join(leads)}"


def _usual(key):
    """The value of a material's key that needs no words."""
    return Material.model_fields[key].default if key in Material.model_fields else None


def interfaces(case):
    """Name -> (type, [Said])."""
    found = {name: (given.get("type", "resistive"), given) for name, given in case.get("interfaces", {}).items()}
    return {name: (kind, _said(Interface.kinds.get(kind), given, ("type",))) for name, (kind, given) in found.items()}


def observables(case):
    """[(name, kind, [Said])]."""
    entries = [item for given in case.get("observables", ()) for item in given.items()]
    return [(keys["name"], kind, _said(Observable.kinds.get(kind), keys, ("name",))) for kind, keys in entries]


def name_in_words(name, case):
    """The name of a number, of a table, of a picture, `terminals.hall_plus.spin_current`: with blanks, but what the author called so stays."""
    own = [*case.get("regions", ()), *case.get("terminals", ())]
    for given in case.get("observables", ()):
        for kind, keys in given.items():
            places = keys.get("points")
            own += [step for step in (keys["name"], *(places if isinstance(places, dict) else ())) if step != kind]
    words = {step for given in own for step in _STEPS.split(given)}
    return "".join(step if step in words else step.replace("_", " ") for step in _STEPS.split(name))


def moving(case):
    """Magnet that moves -> [Said]; nothing without `dynamics`."""
    magnets = (case.get("dynamics") or {}).get("magnets", {})
    return {name: _moving(given) for name, given in magnets.items()}


def _moving(given):
    anisotropy = _said(Anisotropy, given.get("anisotropy") or {}, ())
    own = [replace(said, key=f"anisotropy_{said.key}") for said in anisotropy]
    return [*_said(Macrospin, given, ("anisotropy",)), *own]


def driving(case):
    """[Said] of how large the drive of what moves is, and when; nothing without `dynamics`."""
    given = case.get("dynamics")
    if not given:
        return []
    drive = given.get("drive") or {}
    size = _said(DynamicDrive, drive, ("pulse", "profile")) or [Said("factor", 1.0)]
    shapes = [
        Said(key, _said(of, drive[key], ()))
        for key, of in (("pulse", Pulse), ("profile", DriveProfile))
        if drive.get(key)
    ]
    return [Said("until", given["until"], "s"), *(replace(said, key=f"drive_{said.key}") for said in (*size, *shapes))]


def changing(case):
    """What is not steady, in words -> [Said]; nothing of a case without `time` and `frequency`."""
    found = {}
    if given := case.get("time"):
        drives = [Said(f"drive of {name}", _signal(signal)) for name, signal in given["drive"].items()]
        found["time"] = [*_said(Transient, given, ("drive",)), *drives]
    if frequencies := case.get("frequency"):
        ends = [Said(key, value, "Hz") for key, value in (("from", frequencies[0]), ("to", frequencies[-1]))]
        found["frequency"] = [*ends, Said("points", len(frequencies))]
    return found


def _signal(given):
    """Its kind, and what is not as always, as Saids."""
    ((kind, keys),) = given.items()
    model = Signal.kinds.get(kind)
    usual = {name: field.default for name, field in model.model_fields.items()} if model else {}
    return [Said(kind, None), *(said for said in _said(model, keys, ()) if said.value != usual.get(said.key))]


def terminals(case):
    """Name -> (charge, spin), with heat (charge, spin, heat), each [Said] of the keys of a condition; one that is a word has no value."""
    return {name: _conditions(given, case.get("heat")) for name, given in case["terminals"].items()}


def _conditions(terminal, heat):
    charge = {key: value for key, value in terminal.items() if key not in ("spin", *SCALARS)}
    found = _condition(ChargeCondition, charge), _condition(SpinCondition, terminal.get("spin") or "reflecting")
    if not heat:
        return found
    of_charge = kind_of(ChargeCondition, charge)
    default = HeatCondition.default(of_charge).kind if of_charge else ""
    return *found, _condition(HeatCondition, terminal.get(HeatCondition.key) or default)


def _condition(base, given):
    if isinstance(given, str):
        return [Said(given, None)]
    given = {
        key: value.get("name") or "given in the case"
        if isinstance(value, dict) and not _is_magnetization(value)
        else value
        for key, value in given.items()
    }
    return [
        replace(said, value=None) if said.value is True else said for said in _said(kind_of(base, given), given, ())
    ]


def _said(model, given, without):
    """What keys of a mapping say, but for empty ones; model: whose fields tell the units, None if nobody knows it."""
    by_key = {field.validation_alias or name: field for name, field in model.model_fields.items()} if model else {}
    return [
        Said(key, value, unit_of(by_key[key]) if key in by_key else None)
        for key, value in given.items()
        if key not in without and value not in (None, {}, [])
    ]


def unit_of(field):
    """The SI unit that a field of a model counts in; None if it is no quantity."""
    return next((mark.unit for mark in marks_of(field) if isinstance(mark, Physical)), None)


def _is_magnetization(value):
    return bool(value.keys() & {"direction", "expression", "file", "precessing"})


def _written(value, unit, number):
    """Those that have names, or stand in a list, as the case file has them."""
    if isinstance(value, dict):
        if _is_magnetization(value):
            return magnetization_words(value)
        return "{" + ", ".join(f"{name}: {_written(entry, unit, number)}" for name, entry in value.items()) + "}"
    if isinstance(value, list | tuple) and all(isinstance(entry, Said) for entry in value):
        return " ".join(entry.stated(number) for entry in value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(entry, unit, number) for entry in value) + "]"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return number(value, unit)
