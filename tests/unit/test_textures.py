"""A texture that is wrong only where elements of degree 2 have nodes is found before it is used."""

import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.schema import Case
from spinfem.study.textures import check_textures
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar


@pytest.mark.parametrize("dimension", [2, 3])
def test_the_middles_of_edges_count_at_degree_2(dimension):
    device = bar(MPI.COMM_WORLD, [("f", 10, 1)], across=10, cells_across=1, dimension=dimension)
    given = {
        "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the test brings its mesh
        "regions": {
            "f": {
                "material": "Py @ 300 K",
                "magnetization": {"expression": ["0", "0", "where(abs(x - 5*nm) < 1*nm, 2, 1)"]},
            }
        },
        "terminals": {"left": {"voltage": "0 V"}},
    }
    check_textures(Case.model_validate(given | {"solver": {"degree": 1}}), device)
    with pytest.raises(CaseError, match=r"regions.f.magnetization.expression.*length 2 at \(5, "):
        check_textures(Case.model_validate(given | {"solver": {"degree": 2}}), device)
