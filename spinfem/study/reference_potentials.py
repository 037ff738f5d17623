"""Solving where contacts or leads resist much more than the metal beside them: potentials counted from one reference in each part of the device.

Behind a tunnel contact of conductance G the potential is j/G, what changes in the metal over a cell of size h is j h/sigma, and of the product A x, where these
cancel, rounding leaves eps sigma/(h G) of the current: 1e-5 of it behind 1e-6 ohm m^2 beside cells of 0.5 nm. But only contacts and leads see a constant. With
c, one number for each part that they separate, and x = c + y,

    A y = b - A c,        A c from the forms of contacts and leads alone,

y is as small as what changes in the metal, and A x = A y + A c is exact where it is summed up so. The references c are those of terminals that are held, and the means of rough solutions, in which
the last one corrects the one before, until neither they nor the load that is left change any more. A fault of the operator's own numbers, of which G is a sum with sigma/h, is corrected by that too.
"""

from itertools import combinations

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.nodes import nodes_in_cells
from spinfem.case.names import sides
from spinfem.case.parts import groups
from spinfem.case.plugins import Term
from spinfem.model.constraints import charge_column
from spinfem.model.linear_form import assembled

BEHIND_CONTACTS = (
    "a contact or a lead resists a million times more than the cells beside it, and in time and at frequencies potentials are not counted from "
    "references: spins behind it may be off by a per cent; compare `solver: {method: direct}`, or take a resistance that is smaller"
)
STRONG = 1e6  # times the resistance of the smallest cell: from there on rounding would be seen
_ROUGH = 1e-2  # relative residual of a solution whose means are references
_SETTLED = 1e-5  # of the references: what the next means may be of them
_LESS = 0.1  # of the load before: what better references leave, as long as they are of use
_MOST = 8  # rough solutions


class Referred:
    """A ReducedOperator whose `solve` and `responses` count potentials from ReferencePotentials. All else is the operator's own."""

    def __init__(self, operator, references, transposed=False):
        self._operator, self._references, self._transposed = operator, references, transposed

    def __getattr__(self, name):
        return getattr(self._operator, name)

    def adjoint(self, others=()):
        """As of a ReducedOperator."""
        found = self._operator.adjoint(others)
        return self if found is self._operator else Referred(found, self._references, True)

    def solve(self, loads=None, values=None, nodal=None, tolerance=None, start=None):
        """As of a ReducedOperator. Raises SolveError."""
        known = dict.fromkeys(self._references.held, 0.0) | (values or {})
        given = 0.0 if nodal is None else np.ravel(nodal)

        def solved(c, tolerance, start):
            shifted = known | {column: known[column] - c[k] for column, k in self._references.held.items()}
            return self._operator.solve(loads, shifted, given - self._flows @ c, tolerance, start)

        c, load = self._references.given(known), np.inf
        if start is not None:
            start = (start.T - self._references.shapes.T @ c).T
        rough, accurate = max(_ROUGH, tolerance or 0.0), tolerance or self._operator.tolerance
        for _ in range(_MOST):
            full, _, report = solved(c, rough, start)
            more, start = self._references.means(full.array_r), None
            c += more
            if report.load >= _LESS * load and np.abs(more).max() <= _SETTLED * np.abs(c).max():
                break
            load = report.load
        full, reaction, report = solved(c, accurate, None)
        full.array[:] += self._references.shapes.T @ c
        reaction.array[:] += self._flows @ c
        return full, reaction, report

    def responses(self, nodal, tolerance, nearby=()):
        """As of a ReducedOperator. Raises SolveError."""
        references, rough = self._references, max(_ROUGH, tolerance)
        free = np.array([k not in references.held.values() for k in range(len(references.shapes))])[:, None]
        c = np.zeros((len(references.shapes), nodal.shape[1]))
        for _ in range(_MOST):
            more = free * references.means(self._operator.responses(nodal - self._flows @ c, rough, nearby))
            c, nearby = c + more, ()
            if np.abs(more).max() <= _SETTLED * np.abs(c).max():
                break
        return self._operator.responses(nodal - self._flows @ c, tolerance) + references.shapes.T @ c

    @property
    def _flows(self):
        return self._references.flows_transposed if self._transposed else self._references.flows


class ReferencePotentials:
    """The parts of a Problem that its contacts separate. Collective.

    shapes: 1 at the charge potentials of a part, (parts, this rank's full unknowns). flows: what contacts and leads let flow where a part is at 1 V,
    (this rank's full unknowns, parts), and for the transposed operator. held: prescribed column of a terminal -> its part.
    """

    def __init__(self, problem, parts):
        space, device, self.layout = problem.space, problem.device, problem.layout
        self._comm = device.mesh.comm
        self._owned = space.dofmap.index_map.size_local
        masks = [np.any([nodes_in_cells(space, device.cells_of(region)) for region in part], axis=0) for part in parts]
        ones = [np.where(mask[:, None], self.layout.unit(self.layout.CHARGE), 0.0) for mask in masks]
        self.shapes = np.stack([blocks[: self._owned].ravel() for blocks in ones])
        self._counts = self._comm.allreduce(self.shapes.sum(axis=1), op=MPI.SUM)
        self.flows = self._flows(problem, ones, transposed=False)
        self.flows_transposed = self.flows if problem.symmetric else self._flows(problem, ones, transposed=True)
        prescribed = problem.constraints.prescribed_columns
        of_region = {region: k for k, part in enumerate(parts) for region in part}
        self.held = {
            column: of_region[there[0]]
            for name, there in device.touching.items()
            if (column := charge_column(name)) in prescribed and there[0] in of_region
        }

    def means(self, full):
        """The mean charge potential of each part in full unknowns of this rank, (rows,) or (rows, k). Collective."""
        sums = self._comm.allreduce(self.shapes @ full, op=MPI.SUM)
        return (sums.T / self._counts).T

    def given(self, values):
        """The potentials of parts that terminals hold, by prescribed column, (parts,); 0 for the others."""
        return np.array(
            [np.mean([values[c] for c, k in self.held.items() if k == part] or 0.0) for part in range(len(self.shapes))]
        )

    def _flows(self, problem, ones, transposed):
        found, function = [], fem.Function(problem.space)
        couplings = (*problem.interfaces.values(), *problem.leads.values())
        for blocks in ones:
            function.x.array[:] = blocks.ravel()
            test = ufl.TestFunction(problem.space)
            forms = [c.between(test, function) if transposed else c.at(function) for c in couplings]
            found.append(assembled(problem, sum(forms[1:], forms[0])).ravel())
        return np.stack(found, axis=1)


def references_of(problem) -> ReferencePotentials | None:
    """Those of a Problem; None where no contact and no lead resists so much that they would be of use, or where more than those may see a constant.
    Collective."""
    own = all(Term.kinds.has_made(term) for term in problem.coefficients.terms)
    if problem.point is not None or not own or _strongest(problem) < STRONG:
        return None
    return ReferencePotentials(problem, _parts(problem))


def _strongest(problem):
    """The resistance of the strongest contact that conducts, or lead for charge, over that of the smallest cell of the best conductor with the same area."""
    laws = [(c.law.charge_conductance, c.facet) for c in problem.interfaces.values() if c.law.breaks]
    sources = [c for c in problem.leads.values() if "voltages" in c.law.drives.values()]
    laws += [(abs(c.law.current_of(1.0)) / c.facet.area, c.facet) for c in sources]
    conductances = [conductance / facet.conductance_unit for conductance, facet in laws if conductance]
    if not conductances:
        return 0.0
    mesh = problem.device.mesh
    cells = np.arange(mesh.topology.index_map(mesh.topology.dim).size_local, dtype=np.int32)
    smallest = mesh.comm.allreduce(min(mesh.h(mesh.topology.dim, cells), default=np.inf), op=MPI.MIN)
    return 1 / (min(conductances) * smallest)


def _parts(problem):
    """Lists of regions, of which each may have a reference of its own: those that are not joined by transparent contacts or by a terminal."""
    device, metals = problem.device, [name for name, region in problem.regions.items() if not region.insulating]
    broken = {frozenset(sides(name)) for name, coupling in problem.interfaces.items() if coupling.law.breaks}
    joined = {pair for pair in device.contacts if pair not in broken and pair <= set(metals)}
    for name, there in device.touching.items():
        if name in problem.terminals and problem.terminals[name].charge.equipotential:
            joined |= {frozenset(pair) for pair in combinations(there, 2)}
    number = groups(problem.regions, joined)
    return [[name for name in metals if number[name] == k] for k in dict.fromkeys(number[name] for name in metals)]
