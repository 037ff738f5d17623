"""Over what length the spin potential decays along a region."""

import numpy as np
from uncertainties import umath
from uncertainties.unumpy import nominal_values

from spinfem.formatting import humanize
from spinfem.observables.along import Along
from spinfem.study.results import Caveat, Chart, Measurement, Table

_BENT = 0.1  # of the length: more between the two halves of a line is no exponential


class DecayLength(Along, kind="decay_length"):
    """The length L of the fit |v| = A exp(-x / L) along a line in a region, between two positions.

    `from` and `to` are coordinates of the drawing along `axis` (default: the longest extent of the region). The line
    passes `through` a point (default: the middle of the region); if it lies in an interface, `along` chooses the side.
    The error is the standard error of the regression of ln |v|: it grows where the decay is not one exponential; where the two halves of the line
    give clearly different lengths, that is told.
    """

    def measure(self, simulation):
        from scipy import stats

        x, position, sizes = self.spin_potential(simulation)
        size = nominal_values(sizes)
        fit = stats.linregress(position, np.log(size))
        length = -1.0 / fit.slope
        centred = position - position.mean()  # the slope once more, of what may be variables
        slope = sum(k * umath.log(v) for k, v in zip(centred, sizes, strict=True)) / (centred @ centred)
        note = f"fit of exp(-{x}/L) in {self.along}"
        yield Measurement(self.name, -1.0 / slope, "m", error=float(fit.stderr * length**2), note=note)
        middle = len(position) // 2
        halves = [
            -1.0 / stats.linregress(position[part], np.log(size[part])).slope
            for part in (slice(middle), slice(middle, None))
        ]
        if abs(halves[1] - halves[0]) > _BENT * abs(length):
            first, second = (humanize(half, "m", digits=3) for half in halves)
            yield Caveat(
                f"{self.name} is not the length of one exponential: {first} in the first half of the line, {second} in the second; "
                "an end of the device or another decay is near"
            )
        fitted = np.exp(fit.intercept + fit.slope * position)
        chart = Chart(self.name, x, ("|v|", "fit"), y_label="|spin potential|", log="y", points=("|v|",))
        yield Table(self.name, {x: ("m", position), "|v|": ("V", size), "fit": ("V", fitted)}, (chart,))
