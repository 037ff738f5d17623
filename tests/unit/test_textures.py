"""A texture that is wrong only where elements of a higher degree have nodes is found before it is used."""

import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.schema import Case
from spinfem.study.textures import check_textures
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize(("degree", "place"), [(2, 5.0), (3, 2.7639), (3, 3.3333)])  # middles; on edges and in faces
def test_nodes_that_are_no_corners_count(degree, place, dimension):
    device = bar(MPI.COMM_WORLD, [("f", 10, 1)], across=10, cells_across=1, dimension=dimension)
    given = {
        "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the test brings its mesh
        "regions": {
            "f": {
                "material": "Py @ 300 K",
                "magnetization": {"expression": ["0", "0", f"where(abs(x - {place}*nm) < 0.1*nm, 2, 1)"]},
            }
        },
        "terminals": {"left": {"voltage": "0 V"}},
    }
    check_textures(Case.model_validate(given | {"solver": {"degree": degree - 1}}), device)
    with pytest.raises(CaseError, match=rf"regions.f.magnetization.expression.*length 2 at \({place:.3g}"):
        check_textures(Case.model_validate(given | {"solver": {"degree": degree}}), device)
