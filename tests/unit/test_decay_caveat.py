"""A decay that is no exponential is told, one that is is not."""

import numpy as np
import pytest

from spinfem.observables.decay_length import DecayLength
from spinfem.study.results import Caveat, Measurement


@pytest.mark.parametrize("end, told", [(2000, True), (20_000, False)])
def test_a_decay_that_an_end_of_the_wire_bends_is_told(end, told, monkeypatch):
    """|v| of a wire that ends in a sink: sinh((end - x)/lambda), lambda = 1000 nm."""
    x = np.linspace(400e-9, 1400e-9, 101)
    monkeypatch.setattr(
        DecayLength, "spin_potential", lambda self, simulation: ("x", x, np.sinh((end * 1e-9 - x) / 1e-6))
    )
    found = list(DecayLength.model_validate({"along": "wire", "from": "400 nm", "to": "1400 nm"}).measure(None))
    (length,) = (item for item in found if isinstance(item, Measurement))
    caveats = [item.text for item in found if isinstance(item, Caveat)]
    assert len(caveats) == told and all("not the length of one exponential" in text for text in caveats)
    if not told:
        assert length.value == pytest.approx(1e-6, rel=1e-6)
