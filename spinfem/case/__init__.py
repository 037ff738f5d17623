"""The case file: schema, units, material library, and the registries that observables and interface types join."""

from spinfem.case.faults import CaseError, Fault
from spinfem.case.outline import Outline, Parameter
from spinfem.case.reader import load_case, read_case
from spinfem.case.schema import Case
from spinfem.case.source import CaseSource

__all__ = ["Case", "CaseError", "CaseSource", "Fault", "Outline", "Parameter", "load_case", "read_case"]
