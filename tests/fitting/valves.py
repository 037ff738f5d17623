"""A small valve to fit: 2D, seconds, and its case as a person would write it."""

from spinfem.case.cross_check import cross_check
from spinfem.case.fit import unknowns
from spinfem.case.source import CaseSource
from spinfem.geometry.recipe import outline_of
from tests.commands import CASES

NAME = "nonlocal_resistance.difference"
SEPARATION = "geometry.parameters.separation"
WIRE = "regions.wire.material.spin_diffusion_length"
POLARIZATIONS = [f"regions.{region}.material.polarization" for region in ("injector", "detector")]

VALVE = f"""\
title: Small valve
geometry:
  script: nonlocal_valve_2d.geo
  depth: 100 nm
  parameters: {{separation: 400 nm, wire_thickness: 60 nm, wire_length: 2400 nm, injector_width: 100 nm, detector_width: 100 nm}}
regions:
  wire: {{material: {{conductivity: 5e7 S/m, spin_diffusion_length: 300 nm}}}}
  injector: &electrode
    material: {{conductivity: 7e6 S/m, spin_diffusion_length: 12 nm, polarization: 0.5}} # both are of one metal
    magnetization: +z
  detector: *electrode
terminals:
  injector_end: {{current: 1 mA, spin: sink}}
  wire_left: {{voltage: 0 V}}
  detector_end: {{floating: true, spin: sink}}
  wire_right: {{floating: true}}
observables:
  - nonlocal_resistance: {{plus: detector_end, minus: wire_right, drive: injector_end, flip: detector}}
  - spin_accumulation
mesh: {{resolution: 2, growth: 1}}
solver: {{method: direct, degree: 1, error_estimate: false}}
sweep:
  {SEPARATION}: [300 nm, 500 nm, 800 nm]
fit:
  parameters:
    lambda_N: {{vary: {WIRE}, between: [50 nm, 3 um]}}
    P_F: {{vary: [{", ".join(POLARIZATIONS)}], between: [0.02, 0.98]}}
"""
TUNNEL = (
    "interfaces.wire/injector={resistance_area: 3 fohm m^2, polarization: 0.3}",
    "interfaces.wire/detector={resistance_area: 2 fohm m^2, polarization: 0.2}",
)


def source(*overrides):
    """The CaseSource of the small valve."""
    return CaseSource(VALVE, CASES, overrides)


def case(*overrides):
    """The Case of the small valve, checked against its drawing."""
    found = source(*overrides).case()
    assert not cross_check(found, outline_of(found))
    return found


def unknown(path, low, high, name="p"):
    """The Unknown of a number of the small valve between tunnel contacts."""
    parameters = {name: {"vary": path, "between": [low, high]}}
    (found,) = unknowns(case(*TUNNEL).model_copy(update={"fit": fit_of(parameters)}))
    return found


def fit_of(parameters):
    """The Fit with these parameters, unchecked against a case."""
    from spinfem.case.fit import Fit

    return Fit.model_validate({"parameters": parameters})
