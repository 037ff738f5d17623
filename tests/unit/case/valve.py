"""A small case and the outline of its drawing, for tests that need no Gmsh."""

from spinfem.case.outline import Outline, Parameter, Piece
from spinfem.case.reader import read_case

CONTACT_AND_TERMINALS = """\
interfaces:
  wire/detector: {resistance_area: 1 fohm m^2, polarization: 0.4}
terminals:
  injector_end: {current: 1 mA}
  wire_left: {voltage: 0 V, spin: sink}
  detector_end: {floating: true}
  wire_right: {floating: true}
"""
VALVE = f"""\
title: valve
geometry:
  script: nonlocal_valve.geo
  parameters: {{separation: 500 nm}}
regions:
  wire: Cu @ 4 K
  injector: {{material: Py @ 4 K, magnetization: +y}}
  detector: {{material: Py @ 4 K, magnetization: +y}}
{CONTACT_AND_TERMINALS}observables:
  - nonlocal_resistance: {{plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}}
  - terminals
"""

OUTLINE = Outline(
    dimension=3,
    regions=("wire", "injector", "detector"),
    terminals={
        "wire_left": ("wire",),
        "wire_right": ("wire",),
        "injector_end": ("injector",),
        "detector_end": ("detector",),
    },
    contacts=frozenset({frozenset({"wire", "injector"}), frozenset({"wire", "detector"})}),
    pieces=(
        Piece("wire", ("wire_left", "wire_right"), (-500.0, -50.0, 0.0), (500.0, 50.0, 60.0)),
        Piece("injector", ("injector_end",), (-200.0, -500.0, 60.0), (-100.0, 500.0, 85.0)),
        Piece("detector", ("detector_end",), (100.0, -500.0, 60.0), (200.0, 500.0, 85.0)),
    ),
    joints=frozenset({(0, 1), (0, 2)}),
    parameters={
        "separation": Parameter(500, "nm", 10, 10000, "Separation"),
        "turns": Parameter(3, None, 1, None, "Turns"),
    },
)


def valve(*overrides):
    """The case, with "PATH=VALUE" applied."""
    return read_case(VALVE, overrides=overrides)
