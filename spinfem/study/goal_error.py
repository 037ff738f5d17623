"""How far a number is from that of the exact solution, from its dual.

For a number J with the adjoint solution z, J - J_h is the residual of the solution tested with what z lacks. Both are looked for where elements of
one degree more go beyond those there are (`spinfem.algebra.complement`): e for the solution, ê for its dual. Then

    correction = the residual of the dual times e             the part of J - J_h that this space sees, and a quarter of it for what it does not see
    bound = sum over cells of |e| |ê|, energy norms           how large it could be if nothing cancelled
    scatter = the root of the sum of their squares            how large it would be if signs were random

(Becker, Rannacher, Acta Numerica 10, 1 (2001)). A number that has read off several solutions has the sums of both.
The edges on which both errors have most energy are those to be cut.
"""

from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI
from uncertainties import nominal_value

from spinfem.algebra.complement import Complement
from spinfem.algebra.degrees import Degrees
from spinfem.postprocessing.functional import gradient_by_potentials, nodal_function
from spinfem.postprocessing.terminals import read_terminals
from spinfem.study.consistency import confined, misfit, turns
from spinfem.study.solution import Solution
from spinfem.study.variables import Differentiable, Reading, adjoint_pair, is_variable, measured

# Measured over many devices: docs/accuracy.md.
_BEYOND = 1.25  # what is missing over what one degree more sees of it: 1 where all is smooth, up to 2 where singularities count
_CORRECTED = 0.5
_MISSING = 1.5
_OF_SCATTER = 0.1
_GIVEN = 1e-9
POWER = "power"
_ADJOINT = 1e-4  # relative residual of a dual
_BELOW = 1e-3  # of what functions of one degree less answer to the error


@dataclass(frozen=True)
class GoalError:
    """The error of one number (a component of a vector is one), in its unit."""

    observable: str  # by name
    name: str
    value: float
    unit: str
    correction: float
    uncancelled: float  # the correction, if what textures hide did not cancel the rest of it
    bound: float
    scatter: float
    shape: float  # that of curves which edges only come near to
    noise: float  # that of the solver
    edges: (
        np.ndarray
    )  # what the functions of each edge of this rank add to the bound; in the order of `Estimator.edges`

    @property
    def corrected(self) -> float:
        """The value with what is known to be missing."""
        return self.value + self.correction

    @property
    def error(self) -> float:
        """Of the corrected value."""
        return self.of_mesh + self.shape + self.noise

    @property
    def of_mesh(self) -> float:
        """The part that a finer mesh makes smaller."""
        return max(_CORRECTED * self.uncancelled, _OF_SCATTER * self.scatter)

    @property
    def error_uncorrected(self) -> float:
        """Of the value as it is."""
        return max(_MISSING * self.uncancelled, _OF_SCATTER * self.scatter) + self.shape + self.noise


class Estimator:
    """Of the numbers of one Simulation. `higher`: that of the same device with elements of one degree more, which nothing is solved with; shape: which part of
    the device the mesh may miss beside curves."""

    def __init__(self, simulation, higher, shape=0.0):
        self._shape = shape
        self._simulation, self._higher = simulation, higher
        self._spaces = {}  # id of a Problem -> _Beyond
        self._parts = {}  # what was read, up to a factor -> (correction, error of the dual)

    @property
    def edges(self):
        """(edges, 2): the ends of the edges of this rank, as nodes of the mesh before it was spread over the ranks."""
        return next(iter(self._spaces.values())).space.ends

    def errors(self, observables):
        """Yields the GoalError of every number of these observables that is made of Functionals. Collective."""
        differentiable = Differentiable(self._simulation)
        for observable in observables:
            for name, value, unit in measured(observable, differentiable):
                if is_variable(value):
                    readings = list(differentiable.readings(value))
                    if readings:
                        parts = [self._of_reading(reading) for reading in readings]
                        correction, bound, scatter, edges = zip(*parts, strict=True)
                        correction, bound = np.sum(correction, axis=0), sum(bound)
                        number = nominal_value(value)
                        free = bound > _GIVEN * abs(number)  # what the drive gives depends on no shape
                        yield GoalError(
                            observable=observable.name,
                            name=name,
                            value=number,
                            unit=unit,
                            correction=float(correction.sum()),
                            uncancelled=float(np.abs(correction).sum()),
                            bound=bound,
                            scatter=float(np.hypot.reduce(scatter)),
                            shape=free * self._shape * abs(number),
                            noise=sum(reading.noise for reading in readings),
                            edges=sum(edges),
                        )

    def power(self) -> GoalError:
        """That of all power that the device takes up under its drive, W: twice as fast as that of the fields it becomes small. Collective."""
        reading = Reading(self._simulation.solution(), (), {})
        value, missing, edges = self._beyond(reading).power(reading.solution)
        scatter = _MISSING * missing / _OF_SCATTER  # nothing cancels: energies are positive
        return GoalError("", POWER, value, "W", 0.0, 0.0, missing, scatter, self._shape * value, 0.0, edges)

    def _of_reading(self, reading):
        """(both parts of the correction, bound, scatter, what each edge adds to the bound) of what a Reading adds to its number."""
        beyond, correction, dual_error = self._beyond(reading), np.zeros(2), 0.0
        for factor, part in reading.parts():
            key, scale = part.key
            if key not in self._parts:
                one, error = beyond.compared(self._simulation, part)
                self._parts[key] = one / scale, error / scale
            correction = correction + factor * scale * self._parts[key][0]
            dual_error = dual_error + factor * scale * self._parts[key][1]
        return correction, *beyond.sizes(reading.solution, dual_error)

    def _beyond(self, reading):
        problem = self._higher.problem(**dict(reading.asked))
        if id(problem) not in self._spaces:
            self._spaces[id(problem)] = _Beyond(problem, self._simulation)
        return self._spaces[id(problem)]


class _Beyond:
    """A Problem with elements of one degree more, and the errors that are found there."""

    def __init__(self, problem, simulation):
        self._simulation = simulation
        self.problem, self.matrix = problem, problem.assemble()
        self.space = Complement(
            problem.space, problem.constraints, self.matrix, problem.own_energies, problem.symmetric
        )
        self._degrees = {}  # id of a space -> (it, the Degrees from there)
        self._lifted = {}  # id of a Solution -> (as if it were one of this problem, its error in the space, at the owned nodes, its sizes)

    def compared(self, simulation, reading):
        """(the correction, what is seen of it and what textures hide, (2,); the error of the dual at the owned nodes) of what a Reading adds to its number.
        Collective."""
        lifted, error, *_ = self._of_solution(reading.solution)
        dual, nothing = reading.dual(), np.zeros(reading.solution.problem.layout.size * self.space.n_owned)
        if self._agreed(dual.vanishes):
            return np.zeros(2), nothing
        z, w = adjoint_pair(simulation, reading.solution, dual, _ADJOINT)
        w, raised, rest, shift = self._interpolated(w), self._raised(reading, dual, lifted), 0.0, nothing
        if turns(self.problem):
            here = self._interpolated(z)
            near, shift = confined(self.problem, here)
            raised = replace(raised, reactions=self._owned_blocks(w) + self._owned_blocks(here))
            rest = misfit(reading, z, lifted, raised, near)
            w.x.array[:] += here.x.array - near.x.array
        load = self._through(w, transposed=True)
        load += gradient_by_potentials(lifted, raised) / self.problem.siemens
        load = self.space.restricted(load)
        if self._agreed(not load.any()):
            return np.array([0.0, rest]), shift
        correction = _BEYOND * self.problem.siemens * self._comm.allreduce(float(load @ error), op=MPI.SUM)
        return np.array([correction, rest]), self.space.nodal(self.space.solve(-load, transposed=True, steps=2)) + shift

    def sizes(self, solution, dual_error):
        """(bound, scatter, what each edge adds to the bound) of a number, from the error of its dual. Collective."""
        if self._agreed(not np.any(dual_error)):
            return 0.0, 0.0, np.zeros(len(self.space.ends))
        siemens, (_, _, error, sizes) = self.problem.siemens, self._of_solution(solution)
        in_cells = self.problem.field_products.in_cells(sizes, self._sizes(dual_error))
        on_edges = self.space.edge_products(error, dual_error, list(self.problem.layout.fields.values()))
        parts = np.array([in_cells.sum(), (in_cells**2).sum()])
        bound, squares = self._comm.allreduce(parts, op=MPI.SUM)
        return siemens * bound, siemens * np.sqrt(squares), siemens * on_edges

    @property
    def _comm(self):
        return self.problem.device.mesh.comm

    def _agreed(self, flag):
        return self._comm.allreduce(bool(flag), op=MPI.LAND)

    def power(self, solution):
        """(power, what the solution misses of it, what each edge adds to that), W. Collective."""
        lifted, _, error, _ = self._of_solution(solution)
        siemens, comm, in_cells = self.problem.siemens, self._comm, self.problem.cell_energies(self._everywhere(error))
        on_edges = self.space.edge_products(error, error, list(self.problem.layout.fields.values()))
        whole = self.problem.cell_energies(self.problem.layout.blocks(lifted.potentials.x.array))
        power, missing = (siemens * comm.allreduce(float(x.sum()), op=MPI.SUM) for x in (whole, in_cells))
        return power, missing, siemens * on_edges

    def _raised(self, reading, dual, lifted):
        """The Dual here. Reactions are those tested with the same functions as before, whatever more nodes there are."""
        weights = {k: nodal_function(reading.solution.problem.space, weight) for k, weight in dual.regional.items()}
        owned = self.space.n_owned
        regional = {
            k: self.problem.layout.blocks(self._interpolated(weight).x.array)[:owned] for k, weight in weights.items()
        }
        return replace(reading.dual(lifted), regional=regional)

    def _of_solution(self, solution):
        key = id(solution)
        if key not in self._lifted:
            problem, potentials, shift = self.problem, self._interpolated(solution.potentials), 0.0
            if turns(problem):
                potentials, shift = confined(problem, potentials, problem.loads(solution.drive)[1])
            through = self._through(potentials)
            reactions = through * problem.siemens
            readings = read_terminals(problem, potentials, reactions)
            lifted = Solution(problem, solution.drive, potentials, reactions, readings, solution.report)
            error = self.space.solve(-self.space.restricted(through), below=self._below(solution.problem))
            owned = self.space.nodal(error) + shift
            self._lifted[key] = lifted, error, owned, self._sizes(owned), solution  # which so keeps its id
        return self._lifted[key][:-1]

    def _below(self, problem):
        """As for `Complement.solve`; problem: that of the solution."""
        degrees = self._from(problem.space)

        def answer(loads):
            load = degrees.down(self.problem.layout.blocks(loads))
            response = self._simulation.response(problem, load, tolerance=_BELOW)
            return degrees.up(problem.layout.blocks(response.x.array)).ravel()

        return answer

    def _interpolated(self, function):
        """A Function of fewer degrees as one of this problem. Collective."""
        values = self.problem.layout.blocks(function.x.array)
        return nodal_function(self.problem.space, self._from(function.function_space).up(values))

    def _from(self, space):
        if id(space) not in self._degrees:
            self._degrees[id(space)] = space, Degrees(space, self.problem.space)
        return self._degrees[id(space)][1]

    def _through(self, function, transposed=False):
        """The operator, or its transpose, times a Function: (owned nodes, size of a block)."""
        given, image = self.matrix.createVecs()
        given.array[:] = function.x.array[: given.getLocalSize()]
        (self.matrix.multTranspose if transposed else self.matrix.mult)(given, image)
        return self.problem.layout.blocks(np.array(image.array))

    def _sizes(self, owned):
        """As of FieldProducts. Collective."""
        return self.problem.field_products.sizes(self._everywhere(owned))

    def _everywhere(self, owned):
        """Values at the owned nodes as (local nodes, size of a block). Collective."""
        return self.problem.layout.blocks(nodal_function(self.problem.space, owned).x.array)

    def _owned_blocks(self, function):
        return self.problem.layout.blocks(function.x.array)[: self.space.n_owned]
