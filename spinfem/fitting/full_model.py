"""The full model as a function of the unknowns: predicted numbers and their derivatives from adjoint solutions."""

from dataclasses import dataclass

import numpy as np

from spinfem.case.faults import CaseError, Fault, not_among
from spinfem.case.overrides import path_text
from spinfem.case.parameters import changed
from spinfem.case.quantity import unit_of
from spinfem.study.adaptive import adapted
from spinfem.study.sensitivity import sensitivities
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation


@dataclass(frozen=True)
class Setting:
    """One device of the data, as drawn and meshed for the start of the fit, and the rows that were measured on it."""

    case: object
    device: object
    rows: np.ndarray


class FullModel:
    """Callable: unknowns (k,) -> (predicted (n,), derivatives (n, k)). Collective.

    The mesh of each setting is made once, for the start of the fit: a mesh that followed the unknowns would make jumps. Nothing else is kept from one
    setting to the next, so a fit needs the memory of one solve. `unit` of what is predicted (SI) is known after the first call, which raises CaseError
    for data of another unit, for a number that has no derivatives, and for an unknown without influence.
    """

    def __init__(self, settings, observable, data, unknowns, comm, progress=lambda what: None):
        self.settings, self.unknowns, self.evaluations, self.unit = settings, unknowns, 0, ""
        self._observable, self._data, self._comm, self._progress = observable, data, comm, progress
        self._last: tuple = (None, None)  # unknowns, what came out

    def __call__(self, values):
        if self._last[0] is None or not np.array_equal(self._last[0], values):
            self._last = np.array(values), self._evaluate(values)
        return self._last[1]

    def _evaluate(self, values):
        self.evaluations += 1
        n = sum(len(setting.rows) for setting in self.settings)
        predicted, slopes = np.zeros(n), np.zeros((n, len(self.unknowns)))
        for k, setting in enumerate(self.settings, start=1):
            self._progress(f"evaluation {self.evaluations}, device {k} of {len(self.settings)}")
            predicted[setting.rows], slopes[setting.rows] = self._measure(setting, values)
        return self._comm.bcast((predicted, slopes))  # all ranks go on from the same bits

    def _measure(self, setting, values):
        case = with_values(setting.case, self.unknowns, values)
        measured = {found.name: found for found in sensitivities(Simulation(case, setting.device), [self._observable])}
        self._check(measured)
        found = measured[self._data.name]
        self.unit = found.unit
        slope_at = {number.path: slope for number, slope in found.derivatives.items()}
        slopes = []
        for unknown in self.unknowns:
            if not any(path in slope_at for path in unknown.paths):
                message = f"{self._data.name} does not depend on it (where it is {unknown.start:g})"
                raise CaseError([Fault(f"fit.parameters.{unknown.name}", path_text(unknown.paths[0]), message)])
            slopes.append(sum(slope_at.get(path, 0.0) for path in unknown.paths))
        return found.value, slopes

    def _check(self, measured):
        name, given = self._data.name, self._data.unit
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


def with_values(case, unknowns, values):
    """The Case with the values of its unknowns."""
    groups = {group: dict(getattr(case, group)) for group in ("regions", "interfaces", "terminals")}
    for unknown, value in zip(unknowns, values, strict=True):
        for group, name, *path in unknown.paths:
            groups[group][name] = changed(groups[group][name], path, float(value))
    return case.model_copy(update=groups)


def settings_of(cases, comm, progress=lambda what: None):
    """The Settings for the Case of each row. Collective."""
    settings, session = [], Session(comm)
    for row, case in enumerate(cases):
        for k, setting in enumerate(settings):
            if _same(setting.case, case):
                settings[k] = Setting(setting.case, setting.device, np.append(setting.rows, row))
                break
        else:
            progress(f"meshing device {len(settings) + 1}")
            device = adapted(case, session, progress)[0].device if case.goal else session.device(case)
            settings.append(Setting(case, device, np.array([row])))
    return settings


def _same(one, other):
    keys = ("geometry", "accuracy", "mesh", "regions", "interfaces", "terminals", "solver")
    return all(getattr(one, key) == getattr(other, key) for key in keys)
