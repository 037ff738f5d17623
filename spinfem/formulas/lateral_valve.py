"""The lateral spin valve."""

import numpy as np

from spinfem.fitting.full_model import Setting
from spinfem.fitting.one_dimensional import NotAValve, OneDimensional
from spinfem.formulas.formula import DoesNotFit, Formula, Prediction, no_field, observables_of


class LateralValve(Formula):
    """Two contacts that are points on a long, narrow wire, transparent or not, with magnets thicker than their spin diffusion length."""

    title = "lateral spin valve, one-dimensional"
    source = "S. Takahashi, S. Maekawa, PRB 67, 052409 (2003)"

    @staticmethod
    def predictions(case, device):
        no_field(case)
        setting = Setting(case, device, np.array([0]))
        for observable in observables_of(case, "nonlocal_resistance"):
            name = observable.name
            wanted = [f"{name}.{state}" for state in ("parallel", "antiparallel", "difference")]
            for number in wanted if observable.flip else [name]:
                try:
                    formula = OneDimensional([setting], observable, number, ())
                except NotAValve as reason:
                    raise DoesNotFit(f"of {number}: {reason}") from None
                yield Prediction(number, float(formula(())[0]))
