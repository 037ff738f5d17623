"""One case from its checked values to its findings."""

import time
from dataclasses import dataclass, replace
from typing import Any

from spinfem.geometry.idle import idle_warnings
from spinfem.geometry.quality import mesh_quality
from spinfem.geometry.scale import scale_of_mesh, scale_warnings
from spinfem.geometry.shape import shape_warnings
from spinfem.study.accuracy import check_places, estimate, measure
from spinfem.study.adaptive import adapted
from spinfem.study.bars import TOO_MANY, twin_of
from spinfem.study.ends import unchosen_ends
from spinfem.study.reference_potentials import BEHIND_CONTACTS, references_of
from spinfem.study.results import Caveat, Measurement, Results, Table
from spinfem.study.simulation import Simulation
from spinfem.study.solution import Solution
from spinfem.study.trust import coarse_contacts, large_errors, strained_contacts


@dataclass(frozen=True)
class Outcome:
    """All that a run hands to the output stage."""

    case: object
    results: Results
    solution: Solution  # of the case as drawn
    simulation: Simulation  # for other drives and magnetizations of the same device
    checks: dict[str, float]
    mesh: dict  # numbers of cells and unknowns; size, m; cells_per_length, the least at a contact
    levels: list  # of meshes on the way to the accuracy that was asked for
    solver: dict
    seconds: dict[str, float]
    error_method: str
    warnings: tuple[str, ...]  # what must not be overlooked, a sentence each
    transient: Any = None  # the Transient of a case with `time`
    begun: float | None = None  # the command, as time.perf_counter counts; a script has no beginning

    def look_at_the_clock(self) -> None:
        """Put into `seconds` how long the command has been running. (In a script the total is what all phases took.)"""
        if self.begun is not None:
            self.seconds["total"] = time.perf_counter() - self.begun


def run(case, session, progress=lambda what: None, begun=None, checkpoint=None) -> Outcome:
    """Mesh, solve, measure, estimate errors, in a Session. Collective; `progress` is called with a few words on what happens now.

    begun: when the command began (`spinfem.clock`); what it did until now is the phase `start`, and in the total. checkpoint: where a run in time
    keeps its state (`spinfem.study.transient`).

    Raises GeometryError, CaseError (an observable looks at a place outside the device) or SolveError.
    """
    start = time.perf_counter()
    level, levels, short = adapted(case, session, progress) if case.goal else (None, [], [])
    if level is None:
        progress("meshing")
    device = level.device if level else session.device(case)
    check_places(case, device)
    meshed = time.perf_counter()
    quality = mesh_quality(device, case.diffusion_lengths)
    scale = scale_of_mesh(case, quality)
    if level:  # its cells are as small as the numbers ask for, whatever lengths the drawing has
        scale = replace(scale, shortest_edge=None, cells_per_length=None)
    simulation = level.simulation if level else session.simulation(case, device, progress)
    solution = simulation.solution() if case.heat is None else simulation.heated().solution
    progress("measuring")
    results = measure(case, simulation)
    states = simulation.magnetic_states()
    ends = [*unchosen_ends(case, states), *strained_contacts(case, states)]
    warnings = [*short, *(caveat.text for caveat in results.caveats), *ends]
    measured, spent = time.perf_counter(), dict(simulation.seconds)  # what follows solves too
    followed, answers, coarse = _changing(case, session, simulation, progress, checkpoint)
    warnings += [answer.text for answer in answers if isinstance(answer, Caveat)]
    answered = time.perf_counter()
    method, failed = "none: switched off", ()
    if case.solver.error_estimate:
        results, method, failed = estimate(case, session, simulation, results, progress, level)
    results = replace(
        results,
        measurements=(*results.measurements, *(a for a in answers if isinstance(a, Measurement))),
        tables=(*results.tables, *(a for a in answers if isinstance(a, Table))),
    )
    warnings += [
        *simulation.solves.doubts,
        *failed,
        *large_errors(results),
        *(() if level else coarse_contacts(case, quality)),
        *scale_warnings(case, scale),
        *coarse,
        *shape_warnings(case, device),
        *idle_warnings(case, device.mesh.topology.dim),
    ]
    finished = time.perf_counter()
    return Outcome(
        case=case,
        results=results,
        solution=solution,
        simulation=simulation,
        checks=simulation.solves.checks,
        mesh={
            "cells": quality.cells,
            "unknowns": solution.problem.constraints.n_free,
            "spin_components": len(solution.problem.basis),
            "size": list(scale.size),
            "cells_per_length": None if scale.cells_per_length is None else float(f"{scale.cells_per_length:.6g}"),
        },
        levels=levels,
        solver={
            "method": solution.report.method,
            "iterations": max(r.report.iterations for r in simulation.solves.records),
            "residual": max(r.report.residual for r in simulation.solves.records),
            "solves": len(simulation.solves.records),
        },
        seconds={
            **({} if begun is None else {"start": start - begun}),
            **(_phases(spent, start, meshed, measured) if level is None else {"levels": meshed - start}),
            **({} if level is None else {"measure": measured - meshed}),
            **({"time" if followed else "frequency": answered - measured} if answers else {}),
            "error_estimate": finished - answered,
            "total": finished - (start if begun is None else begun),
        },
        error_method=method,
        warnings=tuple(dict.fromkeys(warnings)),
        transient=followed,
        begun=begun,
    )


def _changing(case, session, simulation, progress, checkpoint):
    """(the Transient or None, Tables, Measurements and Caveats, what to warn of beside them) of what goes on in time or at frequencies."""
    wanted = case.solver.error_estimate and (case.time or case.frequency)
    twin = twin_of(simulation, session, progress) if wanted else None
    untold = [f"the numbers in time or at frequencies have no errors: {TOO_MANY}"] if wanted and twin is None else []
    if (case.time or case.frequency) and references_of(simulation.problem()) is not None:
        untold.append(BEHIND_CONTACTS)
    if case.time:
        from spinfem.study.transient import transient

        followed = transient(simulation, progress, checkpoint, twin)
        return followed, (followed.table, *followed.caveats), untold
    if case.frequency:
        from spinfem.study.frequency import response, unresolved

        return None, tuple(response(simulation, progress, twin)), (*unresolved(case, simulation.device), *untold)
    return None, (), ()


def _phases(spent, start, meshed, measured):
    return {"mesh": meshed - start, **spent, "measure": measured - meshed - sum(spent.values())}
