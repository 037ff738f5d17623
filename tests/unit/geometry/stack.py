"""A spin valve of layers, for tests of structured and of unstructured meshes: what follows the list of layers in its case."""

REST = """\
  dimension: DIMENSION
  width: 40 nm
  depth: 30 nm
regions:
  lead: {material: {conductivity: 3.5e7 S/m, spin_diffusion_length: 350 nm}}
  fixed: {material: {conductivity: 7.3e6 S/m, spin_diffusion_length: 5 nm, polarization: 0.36}, magnetization: +z}
  spacer: {material: {conductivity: 3e7 S/m, spin_diffusion_length: 350 nm}}
  free: {material: {conductivity: 6e6 S/m, spin_diffusion_length: 4 nm, polarization: 0.5}, magnetization: -z}
  cap: {material: {conductivity: 3.5e7 S/m, spin_diffusion_length: 350 nm}}
interfaces:
  spacer/free: {resistance_area: 0.5 fohm m^2, polarization: 0.3}
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
observables: [terminals]
"""
