"""How far a number is from that of a finer discretisation: compare with a coarser twin.

The twin is the same device meshed with every size doubled, or, where the mesh is given as a file, solved one degree lower. The
difference is what halving the mesh size changed; since refinement only makes it smaller, it is a conservative error of the finer result.
"""

from spinfem.case.faults import CaseError
from spinfem.study.findings import Findings
from spinfem.study.ratio import Undefined, refused
from spinfem.study.sensitivity import sensitivity_matrix

COARSER = 2.0


def estimate(case, workshop, findings, tell=lambda what: None):
    """`findings` with an error for each measurement, and what the error was estimated from. Collective."""
    if case.geometry.mesh is None or case.mesh.refinements:
        tell("error estimate: meshing the coarser twin")
        twin, device = case, workshop.device(case, COARSER)
        method = f"difference to a mesh {COARSER:g} times coarser"
    elif case.solver.degree > 1:
        twin = case.model_copy(update={"solver": case.solver.model_copy(update={"degree": 1})})
        device = workshop.device(case)
        method = "difference to degree 1 on the same mesh"
    else:
        return findings, "none: a mesh file at degree 1 has no coarser twin; `mesh: {refinements: 1}` makes one"
    laboratory = workshop.laboratory(twin, device, lambda what: tell(f"error estimate: {what}"))
    return findings.against(measure(twin, laboratory)), method


def measure(case, laboratory):
    """The Findings of all observables of a case, and the sensitivities that it asks for.

    Raises CaseError with every number that is a ratio to nothing.
    """
    items, faults = [], []
    for observable in case.observables:
        try:
            items += observable.measure(laboratory)
        except Undefined as error:
            faults += refused(case, observable, error)
    if faults:
        raise CaseError(faults)
    return Findings.gather([*items, *sensitivity_matrix(laboratory)] if case.sensitivities else items)
