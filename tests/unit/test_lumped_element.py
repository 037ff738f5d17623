"""Joining, writing and exporting conductance matrices, against Kirchhoff's laws by hand."""

import numpy as np
import pytest

from spinfem.theory.lumped_element import LumpedElement
from spinfem.theory.spice import subcircuit
from tests.spice import Circuit

M = np.array([0.6, 0.0, 0.8])


def positive(rng, size, n_charge, symmetric=True):
    """A random matrix whose symmetric part is positive and which no common shift of the first `n_charge` potentials drives."""
    a = rng.normal(size=(size, size))
    a = a @ a.T + (0 if symmetric else 0.5 * (a - a.T))
    shift = np.zeros(size)
    shift[:n_charge] = 1 / np.sqrt(n_charge)
    out = np.eye(size) - np.outer(shift, shift)
    return out @ a @ out


def element(names="ab", seed=0, magnets=(), symmetric=True):
    """Terminals `names`, those in `magnets` on a strong ferromagnet along M."""
    terminals = {name: M[None] if name in magnets else np.eye(3) for name in names}
    size = sum(1 + len(axes) for axes in terminals.values())
    return LumpedElement(terminals, positive(np.random.default_rng(seed), size, len(terminals), symmetric))


def wire(length):
    """A normal wire of unit conductivity, section and spin diffusion length."""
    g = np.array([[np.cosh(length), -1], [-1, np.cosh(length)]]) / np.sinh(length)
    matrix = np.zeros((8, 8))
    matrix[:2, :2] = np.array([[1, -1], [-1, 1]]) / length
    matrix[2:, 2:] = np.kron(g, np.eye(3))
    return LumpedElement(("a", "b"), matrix)


def test_names_of_rows_and_columns():
    e = element("ab", magnets="b")
    assert e.currents == ("I(a)", "I(b)", "Is_x(a)", "Is_y(a)", "Is_z(a)", "Is_m(b)")
    assert e.potentials == ("V(a)", "V(b)", "v_x(a)", "v_y(a)", "v_z(a)", "v_m(b)")
    assert e.reduced_names == (("I(a)", *e.currents[2:]), ("V(a)-V(b)", *e.potentials[2:]))


def test_two_normal_terminals_have_28_numbers():
    e = element()
    small = e.reduced()
    assert small.shape == (7, 7) and np.allclose(small, small.T)
    rng = np.random.default_rng(3)
    potentials = rng.normal(size=8)
    differences = np.array([potentials[0] - potentials[1], *potentials[2:]])
    currents = e.matrix @ potentials
    assert np.allclose(small @ differences, [currents[0], *currents[2:]])
    assert currents[1] == pytest.approx(-currents[0])


def test_two_wires_are_one_longer_wire():
    joined = wire(0.7).renamed({"b": "c"}).joined(wire(1.1).renamed({"a": "d"}), {"c": "d"})
    assert list(joined.terminals) == ["a", "b"]
    assert np.allclose(joined.matrix, wire(1.8).matrix, atol=1e-14)


def test_the_order_of_joining_does_not_matter():
    a, b, c = element("ap", 1), element("qbr", 2), element("sc", 3)
    left = a.joined(b, {"p": "q"}).joined(c, {"r": "s"})
    right = a.joined(b.joined(c, {"r": "s"}), {"p": "q"})
    assert np.allclose(left.matrix, right.matrix, atol=1e-12 * left.size)
    assert list(left.terminals) == list(right.terminals) == ["a", "b", "c"]


@pytest.mark.parametrize("symmetric", [True, False])
def test_joined_terminals_obey_kirchhoff(symmetric):
    """With the potentials of the joint as unknowns: no net charge and no net spin flows into it."""
    one, two = element("ap", 4, symmetric=symmetric), element("qb", 5, symmetric=symmetric)
    joined = one.joined(two, {"p": "q"})
    outer = np.random.default_rng(6).normal(size=8)  # V(a) V(b) v(a) v(b)
    first, second = [0, *range(2, 5)], [1, *range(5, 8)]  # rows of each terminal in a matrix of two
    inner = np.linalg.solve(
        one.matrix[np.ix_(second, second)] + two.matrix[np.ix_(first, first)],
        -one.matrix[np.ix_(second, first)] @ outer[first] - two.matrix[np.ix_(first, second)] @ outer[second],
    )
    into_a = one.matrix[np.ix_(first, first)] @ outer[first] + one.matrix[np.ix_(first, second)] @ inner
    into_b = two.matrix[np.ix_(second, second)] @ outer[second] + two.matrix[np.ix_(second, first)] @ inner
    found = joined.matrix @ outer
    assert np.allclose(found[first], into_a) and np.allclose(found[second], into_b)


def test_a_normal_metal_on_a_magnet_loses_the_spins_across_m():
    normal, magnet = element("ap", 7), element("qb", 8, magnets="qb")
    joined = normal.joined(magnet, {"p": "q"})
    # By hand: v(p) = s M, and only Is.M is balanced.
    confine = np.zeros((8, 6))
    confine[[0, 1], [0, 1]] = 1
    confine[2:5, 2:5] = np.eye(3)
    confine[5:, 5] = M
    along = LumpedElement({"a": np.eye(3), "p": M[None]}, confine.T @ normal.matrix @ confine)
    expected = along.joined(magnet, {"p": "q"})
    assert np.allclose(joined.matrix, expected.matrix, atol=1e-12)


def test_magnets_at_an_angle_meet_at_no_spin_potential():
    one, two = element("ap", 9, magnets="ap"), element("qb", 10, magnets="qb")
    turned = LumpedElement({"q": np.array([[0.0, 1.0, 0.0]]), "b": np.array([[0.0, 1.0, 0.0]])}, two.matrix)
    joined = one.joined(turned, {"p": "q"})
    assert joined.matrix[2, 3] != 0  # through charge alone
    opened = joined.matrix[2, 3] - joined.matrix[2, 0] * joined.matrix[0, 3] / joined.matrix[0, 0]
    assert abs(opened) < 1e-12 * joined.size


def test_a_ring_closed_on_itself_keeps_what_is_left():
    ring = element("apq", 11).joined(element("rsb", 12), {"p": "r", "q": "s"})
    assert list(ring.terminals) == ["a", "b"]
    assert ring.shift_defect < 1e-12 and ring.reciprocity_defect < 1e-12 and ring.smallest_eigenvalue > -1e-12


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda: LumpedElement(("a",), np.eye(3)), "4 x 4"),
        (lambda: LumpedElement({"a": [[1, 1, 0]]}, np.eye(2)), "orthonormal"),
        (lambda: LumpedElement({"a": [[1, 0, 0]]}, np.full((2, 2), np.nan)), "2 x 2"),
        (lambda: element().joined(element("cd"), {"x": "c"}), "x is not a terminal; there are: a, b"),
        (lambda: element().joined(element("cd"), {"a": "x"}), "x is not a terminal; there are: c, d"),
        (lambda: element().joined(element("cd"), {"a": "c", "b": "c"}), "connected once"),
        (lambda: element().joined(element("bc"), {"a": "c"}), "both have a terminal b"),
        (lambda: element().joined(element("cd"), {"a": "c", "b": "d"}), "at least one terminal must remain"),
        (lambda: element().renamed({"a": "b"}), "one name"),
        (lambda: element().opened("z"), "z is not a terminal"),
        (lambda: LumpedElement.from_json("{}"), "no lumped element"),
        (lambda: LumpedElement.from_json("no JSON"), "no lumped element"),
        (lambda: LumpedElement.from_json('{"terminals": {}, "matrix": [], "unit": "mS"}'), "in S, not mS"),
        (lambda: subcircuit(LumpedElement(("a b",), np.eye(4))), "no name for SPICE"),
        (lambda: subcircuit(LumpedElement(("a", "A"), np.eye(8))), "capitals"),
    ],
)
def test_bad_input(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_json_there_and_back(tmp_path):
    e = element("abc", 13, magnets="b")
    e.write(tmp_path / "e.json")
    again = LumpedElement.read(tmp_path / "e.json")
    assert again.currents == e.currents
    assert np.array_equal(again.matrix, e.matrix)
    assert all(np.array_equal(again.terminals[name], axes) for name, axes in e.terminals.items())


def expected_currents(e, potentials, resistance):
    """Currents into the 4 n nodes of an element whose every node is fed through a resistor, in the order of its terminals."""
    n = e.n_charge
    lift = np.zeros((len(e.matrix), 4 * n))  # potentials at the nodes -> the element's own
    spin = n
    for k, axes in enumerate(e.terminals.values()):
        lift[k, 4 * k] = 1
        lift[spin : spin + len(axes), 4 * k + 1 : 4 * k + 4] = axes
        spin += len(axes)
    own = np.linalg.solve(e.matrix + np.eye(len(lift)) / resistance, lift @ potentials / resistance)
    return (potentials - lift.T @ own) / resistance


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("grounded", [False, True])
@pytest.mark.parametrize("magnets", ["", "b", "abc"])
def test_the_sub_circuit_has_the_same_currents(magnets, grounded, symmetric):
    e = element("abc", 14, magnets, symmetric)
    if grounded:  # by a terminal that is not listed: then V itself counts
        e = LumpedElement(e.terminals, e.matrix + np.eye(len(e.matrix)))
    resistance = 0.3
    potentials = np.random.default_rng(15).normal(size=12)
    circuit = Circuit(subcircuit(e, "dut"))
    found = circuit.currents_fed(dict(zip(circuit.ports, potentials, strict=True)), resistance)
    assert circuit.ports == [f"{t}_{kind}" for t in "abc" for kind in "vxyz"]
    assert np.allclose(list(found.values()), expected_currents(e, potentials, resistance), rtol=0, atol=1e-10)


def test_sub_circuits_in_a_row_are_the_joined_element():
    """A normal metal, a magnet, a normal metal; what crosses m flows to ground, as torque."""
    parts = element("ap", 16), element("qr", 17, magnets="qr"), element("sb", 18)
    joined = parts[0].joined(parts[1], {"p": "q"}).joined(parts[2], {"r": "s"})
    # The ideal sources at the magnet's two sides must not meet another voltage source: here they meet normal metals.
    circuit = Circuit(*(subcircuit(part, f"part{k}") for k, part in enumerate(parts)), joints={"q": "p", "s": "r"})
    potentials = np.random.default_rng(19).normal(size=8)
    ports = [f"{t}_{kind}" for t in "ab" for kind in "vxyz"]
    found = circuit.currents_fed(dict(zip(ports, potentials, strict=True)), 0.2)
    assert np.allclose(list(found.values()), expected_currents(joined, potentials, 0.2), rtol=0, atol=1e-10)
