# What scripts use, and where it is: for editors and type checkers, and for __init__.py, which imports a name when it is first used.
# Observables and interfaces are brought up to date by `python -m spinfem.case.reference docs/`.

from spinfem.algebra.compiling import compiling as compiling
from spinfem.algebra.solver import SolveError as SolveError
from spinfem.api.case import Case as Case
from spinfem.api.case import load as load
from spinfem.api.case import read as read
from spinfem.api.fit import fit as fit
from spinfem.api.solve import solve as solve
from spinfem.case.faults import CaseError as CaseError
from spinfem.case.fit import Fit as Fit
from spinfem.case.fit import FitParameter as FitParameter
from spinfem.case.geometry import Entities as Entities
from spinfem.case.geometry import Geometry as Geometry
from spinfem.case.layers import Layer as Layer
from spinfem.case.magnetization import Texture as Texture
from spinfem.case.magnetization import Uniform as Uniform
from spinfem.case.magnetization.stored import Stored as Stored
from spinfem.case.materials import Material as Material
from spinfem.case.plot import Plot as Plot
from spinfem.case.region import Region as Region
from spinfem.case.schema import MeshOptions as MeshOptions
from spinfem.case.schema import Output as Output
from spinfem.case.schema import Solver as Solver
from spinfem.case.signals.pulse import PulseSignal as PulseSignal
from spinfem.case.signals.sine import SineSignal as SineSignal
from spinfem.case.signals.step import StepSignal as StepSignal
from spinfem.case.signals.table import TableSignal as TableSignal
from spinfem.case.terminal import Terminal as Terminal
from spinfem.case.transient import Transient as Transient
from spinfem.model.interfaces.circuit import Circuit as Circuit
from spinfem.model.interfaces.resistive import Resistive as Resistive
from spinfem.model.problem import Drive as Drive
from spinfem.model.terminals.spin_current import SpinCurrent as SpinCurrent
from spinfem.model.terminals.spin_lead import SpinLead as SpinLead
from spinfem.model.terminals.spin_potential import SpinPotential as SpinPotential
from spinfem.model.terminals.spin_resistance import SpinResistanceArea as SpinResistanceArea
from spinfem.observables.bilayer_decay import BilayerDecay as BilayerDecay
from spinfem.observables.conductance_matrix import ConductanceMatrix as ConductanceMatrix
from spinfem.observables.decay_length import DecayLength as DecayLength
from spinfem.observables.dissipation import Dissipation as Dissipation
from spinfem.observables.hodograph import Hodograph as Hodograph
from spinfem.observables.injection_efficiency import InjectionEfficiency as InjectionEfficiency
from spinfem.observables.loop_current import LoopCurrent as LoopCurrent
from spinfem.observables.magnetoresistance import Magnetoresistance as Magnetoresistance
from spinfem.observables.nonlocal_resistance import NonlocalResistance as NonlocalResistance
from spinfem.observables.profile import Profile as Profile
from spinfem.observables.spin_accumulation import SpinAccumulation as SpinAccumulation
from spinfem.observables.spin_resistance import SpinResistance as SpinResistance
from spinfem.observables.spin_torque import SpinTorque as SpinTorque
from spinfem.observables.terminals import Terminals as Terminals
from spinfem.observables.two_exponentials import TwoExponentials as TwoExponentials
from spinfem.output.folders import FolderInUse as FolderInUse
from spinfem.study.session import Session as Session

__version__: str
