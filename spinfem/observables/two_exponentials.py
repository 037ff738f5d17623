"""Two lengths in one decay of the spin potential."""

import numpy as np
from uncertainties.unumpy import nominal_values

from spinfem.formatting import nm
from spinfem.observables.along import Along
from spinfem.study.results import Chart, Measurement, Table


class TwoExponentials(Along, kind="two_exponentials"):
    """The lengths L1 < L2 of the fit |v| = A1 exp(-x/L1) + A2 exp(-x/L2) along a line in a region.

    x counts from the end where |v| is larger; the keys are those of `decay_length`. All points count alike on a logarithmic axis, and the errors are standard
    errors of the regression. `crossover` is the coordinate at which the two terms are equal, if they have one sign.
    """

    def measure(self, simulation):
        from spinfem.postprocessing.decay import fit_two_exponentials

        axis, position, sizes = self.spin_potential(simulation)
        size = nominal_values(sizes)
        near, far = (0, -1) if size[0] >= size[-1] else (-1, 0)
        distance = np.abs(position - position[near])
        fit = fit_two_exponentials(distance, size)
        found = fit.following(sizes)
        place = f"at {axis} = {nm(position[near])}"
        for i, kind in enumerate(("faster", "slower")):
            what = f"the {kind} decay in {self.along}"
            yield self._number(f"L{i + 1}", found.lengths[i], "m", fit.length_errors[i], what)
            yield self._number(f"A{i + 1}", found.amplitudes[i], "V", fit.amplitude_errors[i], f"its size {place}")
        if fit.crossover is not None:
            crossover = position[near] + np.sign(position[far] - position[near]) * found.crossover
            yield self._number("crossover", crossover, "m", None, "where the two terms are equal")
        terms = {name: np.abs(fit.term(i, distance)) for i, name in enumerate(("faster", "slower"))}
        curves = {"|v|": size, "fit": fit(distance)} | terms
        chart = Chart(self.name, axis, tuple(curves), y_label="|spin potential|", log="y", points=("|v|",))
        yield Table(self.name, {axis: ("m", position)} | {n: ("V", values) for n, values in curves.items()}, (chart,))

    def _number(self, what, value, unit, error, note):
        known = error is not None and np.isfinite(error)
        return Measurement(f"{self.name}.{what}", value, unit, float(error) if known else None, note)
