"""Over what length the spin potential decays along a region."""

import numpy as np

from spinfem.observables.along import Along
from spinfem.study.findings import Chart, Measurement, Table


class DecayLength(Along, kind="decay_length"):
    """The length L of the fit |v| = A exp(-x / L) along a line in a region, between two positions.

    `from` and `to` are coordinates of the drawing along `axis` (default: the longest extent of the region). The line
    passes `through` a point (default: the middle of the region); if it lies in an interface, `along` chooses the side.
    The error is the standard error of the regression of ln |v|: it grows where the decay is not one exponential.
    """

    def measure(self, laboratory):
        from scipy import stats

        x, position, size = self.spin_potential(laboratory)
        fit = stats.linregress(position, np.log(size))
        length = -1.0 / fit.slope
        yield Measurement(
            self.name,
            float(length),
            "m",
            error=float(fit.stderr * length**2),
            note=f"fit of exp(-{x}/L) in {self.along}",
        )
        fitted = np.exp(fit.intercept + fit.slope * position)
        chart = Chart(self.name, x, ("|v|", "fit"), y_label="|spin potential|", log="y", points=("|v|",))
        yield Table(self.name, {x: ("m", position), "|v|": ("V", size), "fit": ("V", fitted)}, (chart,))
