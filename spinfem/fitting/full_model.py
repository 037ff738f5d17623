"""The full model as a function of the unknowns: predicted numbers and their derivatives from adjoint solutions."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.case.overrides import path_text
from spinfem.case.parameters import changed
from spinfem.case.quantity import unit_of
from spinfem.fitting.data import observable_of
from spinfem.study.adaptive import adapted, estimator_of
from spinfem.study.goal_error import GoalError
from spinfem.study.ratio import Undefined
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session


@dataclass(frozen=True)
class Setting:
    """What was set for some rows of the data, on a device as drawn and meshed for some values of the unknowns."""

    case: Any
    device: Any  # settings that differ in field and magnetization alone share it
    rows: np.ndarray
    error: GoalError | None = None  # of the number that is known worst on this mesh; None: nobody asked


class FullModel:
    """Callable: unknowns (k,) -> (predicted (n,), derivatives (n, k)). Collective.

    The meshes are those of the settings, whatever the unknowns: a mesh that followed them would make jumps. Nothing else is kept from one
    device to the next, so a fit needs the memory of one solve. `unit` of what is predicted (SI) is known after the first call, which raises CaseError
    for data of another unit, for a number that has no derivatives, and for an unknown without influence.
    """

    def __init__(self, settings, data, unknowns, comm, progress=lambda what: None):
        self.settings, self.unknowns, self.evaluations, self.unit = settings, unknowns, 0, ""
        self._data, self._comm, self._progress = data, comm, progress
        self._session = Session(comm)
        self._last: tuple = (None, None)  # unknowns, what came out

    def __call__(self, values):
        if self._last[0] is None or not np.array_equal(self._last[0], values):
            self._last = np.array(values), self._evaluate(values)
        return self._last[1]

    def predicted(self, values) -> np.ndarray:
        """The numbers alone, (n,). Collective."""
        return self._evaluate(values, with_slopes=False)[0]

    def _evaluate(self, values, with_slopes=True):
        self.evaluations += 1
        n = len(self._data.values)
        predicted, slopes, matter, before = np.zeros(n), np.zeros((n, len(self.unknowns))), set(), None
        for k, setting in enumerate(self.settings, start=1):
            self._progress(f"evaluation {self.evaluations}, setting {k} of {len(self.settings)}")
            if setting.device is not before:
                self._session.forget()
            before = setting.device
            measured = self._measure(setting, values, with_slopes)
            for row in setting.rows:
                found = measured[self._data.names[row]]
                slope_at = {number.path: slope for number, slope in found.derivatives.items()}
                matter |= slope_at.keys()
                predicted[row], self.unit = found.value, found.unit
                slopes[row] = [sum(slope_at.get(path, 0.0) for path in unknown.paths) for unknown in self.unknowns]
        if with_slopes:
            self._check_influence(matter)
        return self._comm.bcast((predicted, slopes))  # all ranks go on from the same bits

    def _measure(self, setting, values, with_slopes):
        """name -> Sensitivity of all that the observables of a setting's rows measure."""
        case = with_values(setting.case, self.unknowns, values)
        names = {self._data.names[row] for row in setting.rows}
        observables = {
            observable.name: observable for name in sorted(names) if (observable := observable_of(case, name))
        }
        simulation = self._session.simulation(case, setting.device)
        paths = {path for unknown in self.unknowns for path in unknown.paths}
        found = sensitivities(simulation, observables.values(), names if with_slopes else (), paths)
        measured = {sensitivity.name: sensitivity for sensitivity in found}
        for name in sorted(names):
            self._check(name, measured)
        return measured

    def _check(self, name, measured):
        given = self._data.unit
        if not measured:
            message = "cannot be fitted: it has no derivatives; what it reports are curves, fits or extremes"
            raise CaseError([Fault("fit.to", name, message)])
        if name not in measured:
            raise CaseError([Fault("data file", name, not_among(name, measured, "measured number"))])
        unit = measured[name].unit
        if not unit_of(given or "dimensionless").is_compatible_with(unit or "dimensionless"):
            raise CaseError(
                [Fault("data file", given or "(no unit)", f"{name} is counted in {unit or 'plain numbers'}")]
            )

    def _check_influence(self, matter):
        faults = [
            Fault(
                f"fit.parameters.{unknown.name}",
                path_text(unknown.paths[0]),
                f"{self._data.name} does not depend on it (where it is {unknown.start:g})",
            )
            for unknown in self.unknowns
            if not matter.intersection(unknown.paths)
        ]
        if faults:
            raise CaseError(faults)


def with_values(case, unknowns, values):
    """The Case with the values of its unknowns."""
    groups = {group: dict(getattr(case, group)) for group in ("regions", "interfaces", "terminals")}
    field = case.magnetic_field
    for unknown, value in zip(unknowns, values, strict=True):
        for group, *path in unknown.paths:
            if group == "magnetic_field":
                field = changed(field, path, float(value))
            else:
                name, *path = path
                groups[group][name] = changed(groups[group][name], path, float(value))
    for group in ("regions", "terminals"):
        groups[group] = {name: part.in_field(field) for name, part in groups[group].items()}
    return case.model_copy(update=groups | {"magnetic_field": field})


def settings_of(cases, data, comm, progress=lambda what: None):
    """The Settings for the Case of each row of the Data. Collective.

    A mesh is made for the row with the largest value among those that share it: a number near zero would ask for more than anybody needs.
    """
    session, settings = Session(comm), []
    for k, rows in enumerate(_alike(range(len(cases)), lambda i, j: _same_device(cases[i], cases[j])), start=1):
        progress(f"meshing device {k}")
        largest = max(rows, key=lambda row: abs(data.values[row]))
        device, error = _meshed(cases[largest], [data.names[row] for row in rows], session, progress)
        for same in _alike(rows, lambda i, j: cases[i] == cases[j]):
            settings.append(Setting(cases[same[0]], device, np.array(same), error))
    return settings


def _meshed(case, names, session, progress):
    """(the Device for a Case, the error of that of the numbers `names` which is known worst on it, None where the case wants no estimate)."""
    observables = {o.name: o for name in names if (o := observable_of(case, name))}
    goal = case.goal and case.goal.model_copy(update={"of": ()})
    case = case.model_copy(update={"observables": tuple(observables.values()), "accuracy": goal})
    if goal:
        level = adapted(case, session, progress, corrected=False)[0]  # what is fitted are values of the mesh
        return level.device, _worst(level.errors, names)
    device = session.device(case)
    if not case.solver.error_estimate:
        return device, None
    progress("estimating errors")
    estimator = estimator_of(session.simulation(case, device, progress), session, progress)
    try:
        return device, _worst(list(estimator.errors(case.observables)), names)
    except Undefined:
        return device, None


def _worst(errors, names):
    return max((e for e in errors if e.name in names), key=lambda error: error.error_uncorrected, default=None)


def _alike(items, same):
    """Lists of the items that are the same, in the order of their first ones."""
    groups: list[list] = []
    for item in items:
        for group in groups:
            if same(group[0], item):
                group.append(item)
                break
        else:
            groups.append([item])
    return groups


def _same_device(one, other):
    """Do two cases differ in what no mesh depends on: fields, magnetizations, and the temperature where `mesh: {temperature: ...}` is given?"""
    keys = ("geometry", "accuracy", "mesh", "interfaces", "terminals", "solver")
    return all(getattr(one, key) == getattr(other, key) for key in keys) and _bodies(one) == _bodies(other)


def _bodies(case):
    """What of the regions a mesh is made for."""
    turned, materials = ("magnetization", "magnetic_field"), case.materials_of_mesh
    return {
        name: {key: getattr(region, key) for key in type(region).model_fields if key not in turned}
        | {"material": materials[name]}
        for name, region in case.regions.items()
    }
