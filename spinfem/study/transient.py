"""The device in time: C du/dt + A u = f(t), from one place where a drive is not smooth, or a snapshot is wanted, to the next.

Each of these pieces begins anew with nothing but the state, so a run that goes on from a state that was kept gives the same numbers.
"""

import json
import zlib
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from spinfem.algebra.evolution import Evolution, Moment
from spinfem.algebra.field_alone import follow
from spinfem.case.faults import CaseError
from spinfem.formatting import humanize
from spinfem.model.drive import Drive
from spinfem.study.bars import apart, with_errors
from spinfem.study.evolving import Evolving
from spinfem.study.readable import Unreadable, View, grouped, numbers, observables_of
from spinfem.study.results import Caveat, Chart, Table
from spinfem.study.solution import Solution

NAME = "time"
_FLOOR = 1e-2  # of the largest spin potential: what is smaller may have the error of this
_IGNORED = 1e30  # V: the error that unknowns which store nothing may have
_INSIDE = 1e-9  # of a piece: its drives are those just inside, where its ends are jumps
_ANY = 1e30  # tolerance of steps that are given
_STAGE = 1e-10  # what the stages leave of a number that is zero


class Instant(View):
    """A Simulation at one time, of which there is this one Solution."""

    where = "at one time"

    def __init__(self, simulation, solution):
        super().__init__(simulation)
        self._solution = solution

    def solution(self, magnetizations=None, drive=None, spins=True, held=(), remember=True) -> Solution:
        """The Solution. Raises Unreadable where another one is asked for."""
        if magnetizations or drive is not None or not spins or held:
            raise Unreadable(
                "it compares states of other magnetizations or drives, and only the device as drawn is followed"
            )
        return self._solution


@dataclass
class Course:
    """How far a run has come, as this rank knows it. States are (time in s, unknowns, rates in 1/s)."""

    done: int  # pieces
    scale: float  # V, of the spin potential: the largest one of the beginning, or of the steady state
    state: tuple[float, np.ndarray, np.ndarray]
    step: float | None = None  # s, to go on with
    rows: list = field(default_factory=list)  # name -> number, at each time
    units: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)  # observable -> why
    snapshots: list = field(default_factory=list)  # states

    def kept(self):
        """It as arrays by name."""
        told = {key: getattr(self, key) for key in ("done", "scale", "step", "rows", "units", "refused")}
        arrays = {"told": np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)}
        for k, (time, *parts) in enumerate([self.state, *self.snapshots]):
            arrays |= {f"time_{k}": np.array(time), f"unknowns_{k}": parts[0], f"rates_{k}": parts[1]}
        return arrays

    @classmethod
    def of(cls, arrays):
        """From what `kept` gave."""
        told = json.loads(arrays["told"].tobytes().decode())
        count = sum(name.startswith("time_") for name in arrays)
        states = [(float(arrays[f"time_{k}"]), arrays[f"unknowns_{k}"], arrays[f"rates_{k}"]) for k in range(count)]
        return cls(**told, state=states[0], snapshots=states[1:])


@dataclass(frozen=True)
class Transient:
    """What came out: the Table of numbers against time, Caveats, (time, Solution) of each snapshot, and the last state as arrays by name."""

    table: Table
    caveats: tuple
    snapshots: tuple
    last: dict
    resumed: float | None  # the time, s, from which an earlier run was continued


def transient(simulation, progress=lambda what: None, checkpoint=None, twin=None) -> Transient:
    """The Transient of a Simulation's case with `time`. Collective. Raises SolveError, CaseError.

    checkpoint: where the state is kept now and then, with `load()` -> arrays by name or None, and `save(arrays)`. twin: a FinerTwin to see errors by.
    """
    run = _Run(simulation)
    course, resumed = run.begun(checkpoint)
    pieces = run.given.pieces
    for k in range(course.done, len(pieces) - 1):
        progress(f"time {humanize(pieces[k], 's')} of {humanize(pieces[-1], 's')}")
        run.piece(course, pieces[k], pieces[k + 1])
        if checkpoint is not None:
            checkpoint.save(course.kept() | run.stamp)
    caveats = tuple(Caveat(f"{name} is not followed in time: {why}") for name, why in course.refused.items())
    snapshots = tuple((state[0], run.solution(state, run.ends_of(state[0]))) for state in course.snapshots)
    last = {"unknowns": course.state[1], "rates": course.state[2]} | run.stamp
    table = run.table(course)
    if twin is not None:
        table = _compared(table, twin, progress)
    return Transient(table, caveats, snapshots, last, resumed)


def _compared(table, twin, progress):
    """The table with the differences to what a twin finds at the same times, each step taken in two halves."""
    if isinstance(twin.simulation.case.time.initial, Path):
        return replace(
            table, notes=("no errors: it began with a state of other elements than those that would tell them",)
        )
    progress("error estimate: in time")
    found = _Run(twin.simulation).at(table.columns["time"][1])
    differences = {
        name: (unit, apart(values, [row.get(name, np.nan) for row in found]))
        for name, (unit, values) in list(table.columns.items())[1:]
    }
    return with_errors(table, differences, f"difference to {twin.words} on the same mesh, with steps half as long")


class _Run:
    def __init__(self, simulation):
        self.simulation, self.case, self.given = simulation, simulation.case, simulation.case.time
        self.comm = simulation.comm
        self.evolving = Evolving(simulation, simulation.problem())
        self.problem, self.unit = self.evolving.problem, self.given.until  # s
        self.snapshot_times = set(self.given.snapshot_times)
        self.steady = simulation.solution()
        self.drivers = tuple(
            dict.fromkeys((*self.case.terminals, *self.case.magnets))
        )  # magnets that precess among them
        self.loads = {name: self._part(name) for name in self.drivers}
        self.ends = 0.0, self.given.until  # s, of the piece that is under way

    @property
    def stamp(self):
        """What a state goes with: the nodes of this rank."""
        places = self.problem.space.tabulate_dof_coordinates()
        return {"stamp": np.array([len(places), zlib.crc32(np.round(places, 6).tobytes()), self.comm.size])}

    def _is_ours(self, arrays):
        """Are they of the same nodes?"""
        return "stamp" in arrays and np.array_equal(arrays["stamp"], self.stamp["stamp"])

    def _part(self, driver):
        """f of the full drive of one terminal or magnet, and what its rate adds, 1/s."""
        alone = {name: float(name == driver) for name in self.drivers}
        return self.evolving.loads(Drive.of(self.case, alone))

    def begun(self, checkpoint):
        """(the Course to go on with, the time in s from which it is another run's or None)."""
        kept = None if checkpoint is None else checkpoint.load()
        fits = kept is not None and self._is_ours(kept)
        if self.comm.allreduce(int(fits)) == self.comm.size:
            course = Course.of(kept)
            return course, course.state[0]
        state = (0.0, *self._initial())
        solution = self.solution(state, None)
        course = Course(0, max(map(self._largest_spins, (solution, self.steady))), state)
        self._record(course, 0.0, solution)
        if 0.0 in self.snapshot_times:
            course.snapshots.append(course.state)
        return course, None

    def _largest_spins(self, solution):
        spins = np.abs(self.problem.layout.spin(solution.nodal_values)).max(initial=0.0)
        return self.comm.allreduce(float(spins), op=max)

    def _initial(self):
        """Unknowns and rates at the beginning."""
        initial, nothing = self.given.initial, np.zeros(self.evolving.vector().getLocalSize())
        if initial == "zero":
            return nothing, nothing
        if initial == "steady" or isinstance(initial, dict):
            factors = self.given.factors() | (initial if isinstance(initial, dict) else {})
            drive = Drive.of(self.case, factors)
            return self.evolving.unknowns_of(self.simulation.solution(drive=drive, remember=False)), nothing
        return self._stored(initial)

    def _stored(self, folder):
        try:
            with np.load(folder / "state" / f"{self.comm.rank:05d}.npz") as arrays:
                found = dict(arrays)
        except OSError:
            found = {}
        fits = self._is_ours(found)
        if self.comm.allreduce(int(fits)) < self.comm.size:
            message = "holds the state of another mesh, or of another number of ranks"
            raise CaseError([self.case.fault(("time", "initial"), str(folder), message)])
        return found["unknowns"], found["rates"]

    def at(self, times):
        """Rows of numbers at these times, s, increasing from 0 on, between which two steps are taken."""
        course, _ = self.begun(None)
        halves = np.ravel([(0.5 * (before + time), time) for before, time in pairwise(times)])
        pieces = self.given.pieces
        ends = [2 * int(np.argmin(np.abs(times - end))) for end in pieces]  # steps beside a jump may be very short
        for piece, (first, last) in zip(pairwise(pieces), pairwise(ends), strict=True):
            self.piece(course, *piece, np.minimum(halves[first:last], piece[1]))
        return [course.rows[0], *course.rows[2::2]]

    def piece(self, course, start, end, stops=()):
        """Go on from one time (s) to the next; stops: the ends of the steps, if they do not follow the tolerance."""
        self.ends = start, end
        time, unknowns, rates = course.state
        state = Moment(start / self.unit, self._followed(unknowns), rates * self.unit)

        def told(moment):
            course.state = (moment.time * self.unit, moment.unknowns, moment.rates / self.unit)
            self._record(course, course.state[0], self.solution(course.state, self.ends))

        step = None if course.step is None else min(course.step, end - start) / self.unit
        scaled = [time / self.unit for time in stops]
        _, step = self._evolution(course.scale, _ANY if scaled else self.given.tolerance).run(
            state, end / self.unit, told, step, scaled
        )
        jump = any(end in signal.breaks(self.given.until) for signal in self.given.drive.values())
        course.step = None if jump else step * self.unit
        course.state = (end, *course.state[1:])
        course.done += 1
        if end in self.snapshot_times:
            course.snapshots.append(course.state)

    def _evolution(self, scale, tolerance):
        evolving = self.evolving
        weights = evolving.vector()
        weights.set(tolerance * _FLOOR * (scale or 1.0))
        weights.array[evolving.place(self.problem.layout.CHARGE)] = _IGNORED
        scaled = evolving.capacity_in(self.unit)
        return Evolution(
            evolving.stiffness,
            scaled,
            lambda shift: self.simulation.operator(self.problem, shift / self.unit),
            self._load,
            weights,
            tolerance,
            self.problem.symmetric,
        )

    def _load(self, time, force):
        factors, slopes = self._factors(time * self.unit, self.ends)
        force.set(0.0)
        for name, (part, of_rate) in self.loads.items():
            force.axpy(factors.get(name, 1.0), part)
            force.axpy(slopes.get(name, 0.0), of_rate)

    def ends_of(self, time):
        """Those of the piece that ends at a time, or has it inside; None at the beginning."""
        pieces = self.given.pieces
        k = bisect_left(pieces, time)
        return (pieces[k - 1], pieces[k]) if k else None

    def _factors(self, time, ends):
        """(factor, slope in 1/s) of each terminal's drive, just inside of the piece with these ends."""
        start, end = ends
        inside = min(max(time, start + _INSIDE * (end - start)), end - _INSIDE * (end - start))
        drive = self.given.drive
        return {n: s.value(inside) for n, s in drive.items()}, {n: s.slope(inside) for n, s in drive.items()}

    def _followed(self, unknowns):
        """The unknowns, the charge having followed."""
        vector, force = self.evolving.vector(), self.evolving.vector()
        vector.array[:] = unknowns
        self._load(self.ends[0] / self.unit, force)
        follow(self.evolving.operator, self.problem.layout.CHARGE, vector, force)
        return vector.array_r.copy()

    def solution(self, state, ends) -> Solution:
        """The Solution of a state, in the piece with these ends; None: before all of them."""
        time, unknowns, rates = state
        factors, slopes = self._factors(time, ends) if ends else (self.given.factors(), {})
        change = {name: slopes.get(name, 0.0) for name in self.drivers}
        drive, of_drive = (Drive.of(self.case, f) for f in (factors, change))
        return self.evolving.solution(unknowns, rates, drive, of_drive, _STAGE)

    def _record(self, course, time, solution):
        row, view = {"time": time}, Instant(self.simulation, solution)
        for observable in observables_of(self.case):
            if observable.name in course.refused:
                continue
            try:
                for name, (value, unit) in numbers(observable, view).items():
                    row[name], course.units[name] = float(value), unit
            except Unreadable as error:
                course.refused[observable.name] = str(error)
        course.rows.append(row)

    def table(self, course):
        """The Table of all rows."""
        columns = {"time": ("s", np.array([row["time"] for row in course.rows]))}
        for name, unit in course.units.items():
            columns[name] = (unit, np.array([row.get(name, np.nan) for row in course.rows]))
        return Table(NAME, columns, tuple(_charts(self.case, columns)))


def _charts(case, columns):
    units = {name: unit for name, (unit, values) in list(columns.items())[1:] if np.isfinite(values).any()}
    for group in grouped(case, units):
        yield Chart(f"time_{group.stem}", "time", group.names, y_label=group.words)
