"""The lateral spin valve."""

import numpy as np

from spinfem.fitting.data import Data
from spinfem.fitting.full_model import Setting
from spinfem.fitting.one_dimensional import NotAValve, OneDimensional
from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, observables_of

_STATES = ("parallel", "antiparallel", "difference")


class LateralValve(Formula):
    """Two contacts that are points on a long, narrow wire, transparent or not, with magnets thicker than their spin diffusion length; in a magnetic field along
    or across the magnets."""

    title = "lateral spin valve, one-dimensional"
    source = (
        "S. Takahashi, S. Maekawa, PRB 67, 052409 (2003); in a field Y. Fukuma et al., Nature Materials 10, 527 (2011)"
    )

    @staticmethod
    def predictions(case, device):
        names = [name for observable in observables_of(case, "nonlocal_resistance") for name in _numbers(observable)]
        nothing = np.zeros(len(names))
        data = Data(tuple(names), "ohm", ({},) * len(names), nothing, None)
        try:
            formula = OneDimensional([Setting(case, device, np.arange(len(names)))], data, ())
        except NotAValve as reason:
            raise DoesNotFit(str(reason)) from None
        for name, value in zip(names, formula(()), strict=True):
            yield Prediction(name, float(value))


def _numbers(observable):
    return [f"{observable.name}.{state}" for state in _STATES] if observable.flip else [observable.name]
