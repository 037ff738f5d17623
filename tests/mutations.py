"""Good cases with mistakes in them: dropped keys, swapped names, wrong units, values at and beyond limits, random YAML nodes."""

import re
from copy import deepcopy

from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.sweeps import CASE as STACK
from tests.unit.case.valve import CONTACT_AND_TERMINALS

JUNCTION = """
title: junction
geometry:
  layers:
    - {name: lead, thickness: 20 nm}
    - {name: fixed, thickness: 10 nm}
    - {name: free, thickness: 3 nm}
  width: 100 nm
  depth: 100 nm
regions:
  lead: Cu @ 300 K
  fixed: {material: Co @ 300 K, magnetization: {expression: [0, "sin(x/(50*nm))", "cos(x/(50*nm))"]}}
  free: {material: {base: Py @ 300 K, polarization: 0.3}, magnetization: {polar: 60 deg}}
interfaces:
  fixed/free: {resistance_area: 1 fohm m^2, polarization: [0.5, 0.5]}
  lead/fixed: {type: circuit, conductance_up: 1e15 S/m^2, conductance_down: 4e14 S/m^2, mixing_conductance: 8e14 S/m^2}
terminals:
  left: {current: 100 uA, spin: sink}
  right: {voltage: 0 V, spin: {potential: [0 V, 0 V, 1 uV]}}
observables:
  - magnetoresistance: {plus: left, minus: right, rotate: free, axis: +y, angles: [0 deg, 60 deg]}
  - spin_torque: {magnet: free, spins_along: +z, drive: left}
  - hodograph: {from: [1 nm, 0 nm, 0 nm], to: [32 nm, 0 nm, 0 nm], points: 20}
  - dissipation
  - terminals
mesh: {resolution: 1, size: 5 nm}
solver: {tolerance: 1e-10, max_iterations: 100}
output: {fields: true, pictures: false, report: false}
plots:
  - {table: hodograph, name: path, x: s, y: v_x}
"""

VALVE = """
title: valve
geometry:
  script: nonlocal_valve_2d.geo
  depth: 100 nm
  parameters: {separation: 300 nm, wire_length: 1 um}
regions:
  wire: Cu @ 4.2 K
  injector: {material: Py @ 4.2 K, magnetization: +z}
  detector: {material: {conductivity: 6 MS/m, spin_diffusion_length: 5 nm, polarization: 0.3}, magnetization: [0, 1, 1]}
"""
VALVE += CONTACT_AND_TERMINALS
VALVE += """\
observables:
  - nonlocal_resistance: {plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}
  - decay_length: {along: wire, from: 200 nm, to: 400 nm}
  - spin_accumulation: {contact: injector/wire}
mesh: {resolution: 3, rim: 1, growth: 1, refinements: 0}
solver: {degree: 1, method: direct}
output: {fields: false, pictures: false, report: false}
"""

ACCURACY = "accuracy: {target: 5 %, at_most: 3000}\n"  # where a mistake costs the mesh too
CASES = [YAML(typ="safe").load(text) for text in (STACK, JUNCTION + ACCURACY, VALVE + ACCURACY)]
_UNITS = (
    "nm",
    "m",
    "V",
    "A",
    "mA",
    "ohm",
    "ohm m^2",
    "S/m",
    "S/m^2",
    "deg",
    "K",
    "kg",
    "nm^2",
    "parsec",
    "%",
    "",
    "nm nm",
)
_UNITS += ("/", "µm", "1")
_NUMBERS = (0, -1, 1, 2, 1e-30, -1e-30, 1e-12, 0.999999999, 1.0000001, 11, 1e9, 1e15, 1e30, 1e300, -1e300, 10**40)
_NUMBERS += (float("inf"), float("nan"), True, "1e400", "0x10", "1_000", "1,5")
_WORDS = st.sampled_from(
    ("", " ", "+x", "-z", "sink", "reflecting", "a/b", "a/b/c", "..", "/", "wire", "free", "left")
    + ("2024-01-01", "no", "~", "\x07", "ü", "Cu", "Cu @ 4 K")
)
_PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_LEAVES = _PLAIN | _WORDS | st.sampled_from(_NUMBERS)
_NAMES = ("material", "magnetization", "expression", "file", "base", "polar", "from", "to", "name", "spin", "potential")
_KEYS = st.sampled_from((*_NAMES, "zip")) | st.text(max_size=3)
NODES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=6
)


@st.composite
def mutated_cases(draw):
    """A good case with one to three mistakes, as nested dicts and lists."""
    case = deepcopy(draw(st.sampled_from(CASES)))
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        if paths := list(_paths(case)):
            mistake = draw(st.sampled_from((_drop, _exchange, _rename, _miscount, _miscount, _limit, _limit, _replace)))
            mistake(draw, case, paths)
    return case


def _drop(draw, case, paths):
    *above, last = draw(st.sampled_from(paths))
    del _at(case, above)[last]


def _exchange(draw, case, paths):
    """What stands at two places changes places."""
    one, two = draw(st.sampled_from(paths)), draw(st.sampled_from(paths))
    if one[: len(two)] != two and two[: len(one)] != one:
        first, second = _at(case, one), _at(case, two)
        _at(case, one[:-1])[one[-1]], _at(case, two[:-1])[two[-1]] = second, first


def _rename(draw, case, paths):
    """A key, or a value that is a word, gets a name that stands elsewhere."""
    *above, last = draw(st.sampled_from(paths))
    values = [_at(case, path) for path in paths]
    names = sorted({str(path[-1]) for path in paths} | {value for value in values if isinstance(value, str)})
    name, place = draw(st.sampled_from(names)), _at(case, above)
    if isinstance(place, dict) and draw(st.booleans()):
        place[name] = place.pop(last)
    else:
        place[last] = name


def _miscount(draw, case, paths):
    """A quantity gets another unit, or none."""
    quantities = [path for path in paths if isinstance(_at(case, path), str) and re.match(r"-?[\d.]", _at(case, path))]
    if quantities:
        *above, last = draw(st.sampled_from(quantities))
        number = _at(case, above)[last].split()[0]
        _at(case, above)[last] = f"{number} {draw(st.sampled_from(_UNITS))}".rstrip()


def _limit(draw, case, paths):
    """A number becomes one at or beyond a limit; a quantity keeps its unit."""
    countable = [path for path in paths if re.match(r"-?[\d.]", str(_at(case, path)))]
    if countable:
        *above, last = draw(st.sampled_from(countable))
        _, *unit = str(_at(case, above)[last]).split(maxsplit=1)
        number = draw(st.sampled_from(_NUMBERS))
        _at(case, above)[last] = f"{number} {unit[0]}" if unit else number


def _replace(draw, case, paths):
    *above, last = draw(st.sampled_from(paths))
    _at(case, above)[last] = draw(NODES)


def _paths(data, path=()):
    """The places of a case, all but its root."""
    if path:
        yield path
    for step, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _paths(value, (*path, step))


def _at(case, path):
    for step in path:
        case = case[step]
    return case
