"""Unions of boxes, drawn rightly and wrongly: `check` and `run` agree, wrong ones are refused, and what runs conserves charge."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.parts import parts_of
from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.recipe import outline_of
from spinfem.study.simulation import Simulation
from tests.unions import Block, write_blocks

SIZE, GAP = 10.0, 0.5  # nm
SHAPE = {2: (3, 3), 3: (3, 2, 2)}
CONDITIONS = ("voltage: 0 V", "voltage: 1 mV", "current: 1 uA", "floating: true")
DRIVE = 1e-6  # A: currents count next to this


@st.composite
def unions(draw, dimension):
    """(blocks, where each is on the lattice, terminals, conditions, whether region_1 and region_2 have a barrier between them)."""
    sites = list(product(*map(range, SHAPE[dimension])))
    where = draw(st.lists(st.sampled_from(sites), min_size=1, max_size=6, unique=draw(st.integers(0, 9)) > 0))
    gaps = [draw(st.lists(st.sampled_from([0.0, 0.0, GAP]), min_size=n, max_size=n)) for n in SHAPE[dimension]]
    sloppy = draw(st.integers(0, 4)) == 0
    blocks = [
        Block(
            region=draw(st.integers(1, 3)),
            low=tuple(SIZE * i + sum(gap[1 : i + 1]) for i, gap in zip(site, gaps, strict=True)),
            size=(SIZE,) * dimension,
            cells=draw(st.integers(1, 2)) if sloppy else 1,
            glued=draw(st.integers(0, 3)) > 0 if sloppy else True,
        )
        for site in where
    ]
    faces = list(product(range(len(blocks)), range(dimension), (0, 1)))
    if draw(st.integers(0, 4)):  # mostly good ones
        faces = [face for face in faces if not covered(blocks, *face)] or faces
    terminals = [[draw(st.sampled_from(faces))]]
    for _ in range(draw(st.integers(1, 2))):
        apart = [face for face in faces if not any(meet(blocks, face, other) for (other,) in terminals)]
        terminals.append([draw(st.sampled_from(apart if apart and draw(st.integers(0, 4)) else faces))])
    conditions = ["voltage: 0 V", *(draw(st.sampled_from(CONDITIONS)) for _ in terminals[1:])]
    return blocks, terminals, conditions, draw(st.booleans())


def ends(blocks, number, axis, side):
    """The lowest and the highest corner of a face."""
    low, high = np.array(blocks[number].low), np.array(blocks[number].low) + SIZE
    low[axis] = high[axis] = low[axis] + side * SIZE
    return low, high


def meet(blocks, face, other):
    (low, high), (other_low, other_high) = ends(blocks, *face), ends(blocks, *other)
    return bool(((low <= other_high + 1e-9) & (other_low <= high + 1e-9)).all())


def covered(blocks, number, axis, side):
    middle = np.mean(ends(blocks, number, axis, side), axis=0)
    return any(has(block, middle) for i, block in enumerate(blocks) if i != number)


def boxes_touch(one, other):
    return all(a <= b + SIZE + 1e-9 and b <= a + SIZE + 1e-9 for a, b in zip(one.low, other.low, strict=True))


def face_shared(one, other):
    """Do two boxes of the lattice, which touch, share a face?"""
    return sum(abs(a - b) > 1e-9 for a, b in zip(one.low, other.low, strict=True)) == 1


def sound(blocks, terminals):
    """Is a union a mesh? Said from the boxes alone."""
    if any(np.allclose(ends(blocks, *one), ends(blocks, *other)) for (one,), (other,) in combinations(terminals, 2)):
        return False  # a face in two terminals
    for one, other in combinations(blocks, 2):
        if boxes_touch(one, other):
            same_nodes = one.glued and other.glued and (one.cells == other.cells or not face_shared(one, other))
            if one.low == other.low or not same_nodes:
                return False
    return all(hang_together([block for block in blocks if has(block, spot)]) for spot in spots(blocks))


def spots(blocks):
    """Corners of boxes, and in 3D the middles of their edges."""
    for block in blocks:
        for halves in product((0.0, 0.5, 1.0), repeat=len(block.low)):
            if halves.count(0.5) <= len(block.low) - 2:
                yield tuple(low + half * SIZE for low, half in zip(block.low, halves, strict=True))


def has(block, spot):
    return all(low - 1e-9 <= x <= low + SIZE + 1e-9 for low, x in zip(block.low, spot, strict=True))


def hang_together(blocks):
    """Around one spot: are boxes connected by faces?"""
    reached, rest = blocks[:1], blocks[1:]
    while near := [block for block in rest if any(face_shared(block, other) for other in reached)]:
        reached, rest = reached + near, [block for block in rest if block not in near]
    return not rest


def agree_and_conserve(folder, union):
    blocks, terminals, conditions, barrier = union
    write_blocks(folder / "blocks.vtu", blocks, terminals)
    regions = sorted({block.region for block in blocks})
    names = [f"terminal_{11 + i}" for i in range(len(terminals))]
    text = "\n".join(
        [
            f"geometry: {{mesh: blocks.vtu{', depth: 10 nm' if len(blocks[0].low) == 2 else ''}}}",
            f"regions: {{{', '.join(f'region_{region}: Cu @ 300 K' for region in regions)}}}",
            f"terminals: {{{', '.join(f'{n}: {{{c}}}' for n, c in zip(names, conditions, strict=True))}}}",
            "solver: {method: direct, error_estimate: false}",
        ]
    )
    case = read_case(text, folder)
    try:
        outline = outline_of(case)
    except GeometryError as error:
        assert not sound(blocks, terminals), error
        with pytest.raises(GeometryError) as again:
            build_device(case, MPI.COMM_SELF)
        assert again.value.message == error.message
        return "no mesh"
    assert sound(blocks, terminals)
    if barrier and frozenset(("region_1", "region_2")) in outline.contacts:
        case = read_case(text + "\ninterfaces: {region_1/region_2: {resistance_area: 1 fohm m^2}}", folder)
    if cross_check(case, outline):
        build_device(case, MPI.COMM_SELF)  # it is the case that is refused, not the mesh
        return "refused"
    solution = Simulation(case, build_device(case, MPI.COMM_SELF)).solution()
    assert np.isfinite(solution.potentials.x.array).all()
    assert np.abs(solution.potentials.x.array).max() < 1.0  # V: no potential of rounding
    for part in parts_of(case, outline):
        currents = [solution.readings[name].current for name in {name for piece in part for name in piece.terminals}]
        assert abs(sum(currents)) <= 1e-10 * max(*map(abs, currents), DRIVE)
    for name, terminal in case.terminals.items():
        if not terminal.charge.holds:
            assert solution.readings[name].current == pytest.approx(
                terminal.driven.get("currents", 0.0), abs=1e-10 * DRIVE
            )
    return "runs"


def check_many(tmp_path_factory, dimension, examples):
    seen = []

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(unions(dimension))
    def one(union):
        seen.append(agree_and_conserve(tmp_path_factory.mktemp("union"), union))

    one()
    assert min(map(seen.count, ("no mesh", "refused", "runs"))) > examples / 12, seen


@pytest.mark.parametrize(("dimension", "examples"), [(2, 50), (3, 40)])
def test_check_and_run_agree_and_charge_is_conserved(tmp_path_factory, dimension, examples):
    check_many(tmp_path_factory, dimension, examples)


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [2, 3])
def test_check_and_run_agree_on_many_unions(tmp_path_factory, dimension):
    check_many(tmp_path_factory, dimension, 400)


def test_nothing_passes_the_edge_beside_resistive_contacts(tmp_path):
    """Two wires end to end below two films end to end, resistive contacts between: wire 1 and film 2 meet in a point."""
    places = ((0.0, 0.0), (SIZE, 0.0), (0.0, SIZE), (SIZE, SIZE))
    blocks = [Block(i, low, (SIZE, SIZE)) for i, low in enumerate(places, start=1)]
    write_blocks(tmp_path / "blocks.vtu", blocks, [[(0, 0, 0)], [(3, 0, 1)]])
    text = (
        "geometry: {mesh: blocks.vtu, depth: 10 nm}\n"
        f"regions: {{{', '.join(f'region_{i}: Cu @ 300 K' for i in (1, 2, 3, 4))}}}\n"
        "terminals: {terminal_11: {voltage: 0 V}, terminal_12: {voltage: 1 mV}}\n"
        "interfaces: {region_1/region_3: {resistance_area: 1 nohm m^2}, region_2/region_4: {resistance_area: 1 nohm m^2}}\n"
        "solver: {method: direct, error_estimate: false}\n"
    )
    case = read_case(text, tmp_path)
    assert cross_check(case, outline_of(case)) == []
    current = Simulation(case, build_device(case, MPI.COMM_SELF)).solution().readings["terminal_12"].current
    assert current == pytest.approx(1e-3 * (2 * SIZE * 10 * 1e-18) / 1e-9, rel=1e-3)  # both contacts in parallel
