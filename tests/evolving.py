"""Cases in time and at frequencies, in one dimension: a wire into which spins flow, and a spin valve of layers."""

from spinfem.case.reader import read_case
from spinfem.study.run import run
from spinfem.study.session import Session

LAMBDA, TAU, SIGMA, AREA = 200e-9, 100e-12, 1e7, 1e-14  # m, s, S/m, m^2
METAL = "{conductivity: 1e7 S/m, spin_diffusion_length: 200 nm, spin_lifetime: 100 ps}"
WIRE = f"""
title: A wire into which spins flow
geometry: {{layers: [{{name: wire, thickness: 3 um}}], width: 100 nm, depth: 100 nm}}
mesh: {{resolution: 0.1}}
regions: {{wire: {{material: {METAL}}}}}
terminals:
  left: {{current: 0 A, spin: {{current: [0 A, 0 A, 1 uA]}}}}
  right: {{voltage: 0 V, spin: sink}}
observables: [{{spin_accumulation: {{name: v, points: {{start: [0 nm, 0 nm, 0 nm], far: [200 nm, 0 nm, 0 nm]}}}}}}]
solver: {{error_estimate: false}}
output: {{fields: false, pictures: false, report: false}}
"""
FERROMAGNET = "{conductivity: 5e6 S/m, spin_diffusion_length: 20 nm, polarization: 0.4, spin_lifetime: 2 ps}"
VALVE = f"""
title: Two magnets across each other, one of them behind a barrier
geometry:
  layers: [{{name: lead, thickness: 400 nm}}, {{name: fixed, thickness: 20 nm}}, {{name: spacer, thickness: 100 nm}}, {{name: free, thickness: 20 nm}}, {{name: end, thickness: 400 nm}}]
  width: 100 nm
  depth: 100 nm
mesh: {{resolution: 1}}
regions:
  lead: {{material: {METAL}}}
  fixed: {{material: {FERROMAGNET}, magnetization: +z}}
  spacer: {{material: {METAL}}}
  free: {{material: {FERROMAGNET}, magnetization: {{polar: 60 deg}}}}
  end: {{material: {METAL}}}
interfaces:
  spacer/free: {{resistance_area: 1 fohm m^2, polarization: 0.3}}
terminals: {{left: {{current: 1 mA, spin: sink}}, right: {{voltage: 0 V, spin: sink}}}}
observables:
  - terminals
  - spin_accumulation: {{name: v, contact: spacer/free, side: spacer}}
  - spin_torque: {{name: torque, magnet: free, reference: fixed, drive: left}}
solver: {{error_estimate: false}}
output: {{fields: false, pictures: false, report: false}}
"""


def solved(text, *overrides, comm, checkpoint=None):
    """The Outcome of a case."""
    return run(read_case(text, overrides=overrides), Session(comm), checkpoint=checkpoint)


def columns(outcome, table="time"):
    """Name -> values of a table."""
    (found,) = [t for t in outcome.results.tables if t.name == table]
    return {name: values for name, (_, values) in found.columns.items()}
