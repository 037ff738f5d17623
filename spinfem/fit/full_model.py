"""The full model as a function of the unknowns: predicted numbers and their derivatives from adjoint solutions."""

from dataclasses import dataclass

import numpy as np

from spinfem.case.faults import CaseError, Fault
from spinfem.case.numbers import changed
from spinfem.study.laboratory import Laboratory
from spinfem.study.sensitivity import sensitivities
from spinfem.study.workshop import Workshop


@dataclass(frozen=True)
class Setting:
    """One device of the data, as drawn and meshed for the start of the fit, and the rows that were measured on it."""

    case: object
    device: object
    rows: np.ndarray


class FullModel:
    """Callable: unknowns (k,) -> (predicted (n,), derivatives (n, k)). Collective.

    The mesh of each setting is made once, for the case's own values: a mesh that followed the unknowns would make jumps. Nothing else is kept from one
    setting to the next, so a fit needs the memory of one solve.
    """

    def __init__(self, settings, observable, name, unknowns, comm, tell=lambda what: None):
        self.settings, self.unknowns, self.evaluations = settings, unknowns, 0
        self._observable, self._name, self._comm, self._tell = observable, name, comm, tell
        self._last = None, None  # unknowns, what came out
        self._unit = ""

    def __call__(self, values):
        if self._last[0] is None or not np.array_equal(self._last[0], values):
            self._last = np.array(values), self._evaluate(values)
        return self._last[1]

    def unit_at(self, values):
        """The SI unit of what is predicted."""
        self(np.array(values))
        return self._unit

    def _evaluate(self, values):
        self.evaluations += 1
        n = sum(len(setting.rows) for setting in self.settings)
        predicted, slopes = np.zeros(n), np.zeros((n, len(self.unknowns)))
        for k, setting in enumerate(self.settings, start=1):
            self._tell(f"evaluation {self.evaluations}, device {k} of {len(self.settings)}")
            predicted[setting.rows], slopes[setting.rows] = self._measure(setting, values)
        return self._comm.bcast((predicted, slopes))  # all ranks go on from the same bits

    def _measure(self, setting, values):
        case = with_values(setting.case, self.unknowns, values)
        laboratory = Laboratory(case, setting.device)
        for found in sensitivities(laboratory, [self._observable]):
            if found.name == self._name:
                self._unit = found.unit
                slope_at = {number.path: slope for number, slope in found.derivatives.items()}
                return found.value, [sum(slope_at.get(p, 0.0) for p in unknown.paths) for unknown in self.unknowns]
        message = "cannot be fitted: it looks at more than potentials and currents of terminals"
        raise CaseError([Fault("fit.to", self._name, message)])


def with_values(case, unknowns, values):
    """The Case with the values of its unknowns."""
    groups = {group: dict(getattr(case, group)) for group in ("regions", "interfaces")}
    for unknown, value in zip(unknowns, values, strict=True):
        for group, name, *path in unknown.paths:
            groups[group][name] = changed(groups[group][name], path, float(value))
    return case.model_copy(update=groups)


def settings_of(cases, comm, tell=lambda what: None):
    """The Settings for the Case of each row. Collective."""
    settings, workshop = [], Workshop(comm)
    for row, case in enumerate(cases):
        for k, setting in enumerate(settings):
            if _same(setting.case, case):
                settings[k] = Setting(setting.case, setting.device, np.append(setting.rows, row))
                break
        else:
            tell(f"meshing device {len(settings) + 1}")
            settings.append(Setting(case, workshop.device(case), np.array([row])))
    return settings


def _same(one, other):
    keys = ("geometry", "mesh", "regions", "interfaces", "terminals", "solver")
    return all(getattr(one, key) == getattr(other, key) for key in keys)
