"""1, 2 and 3 ranks give the same numbers where spins travel as magnons."""

from tests.parallel.test_pumping import same
from tests.physics.test_magnons import STACK


def test_ranks_agree(tmp_path):
    case = tmp_path / "stack.yaml"
    text = STACK.replace("6 nm}]", "6 nm}], width: 20 nm, depth: 20 nm, dimension: 2", 1)
    case.write_text(text.replace("[terminals]", "[terminals, dissipation]"), encoding="utf-8")
    names = ("terminals.left.spin_current", "terminals.right.spin_current", "dissipation.magnon_relaxation")
    same(case, tmp_path, ("mesh={resolution: 1}", "solver={tolerance: 1e-13, error_estimate: false}"), names)
