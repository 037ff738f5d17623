"""Any choice of edges that are cut, anywhere, gives a sound mesh of the same device."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfem.geometry.facets import facets_of, found_among
from spinfem.geometry.split import edges_of, leaving, split
from tests.boxes import _bar
from tests.shapes import _random_mesh

LAYERS = [("a", 2.0, 2), ("b", 5.0, 3)]


def mesh_of(rng, dimension):
    """Bent at random, with regions and terminals anywhere; in 1D layers."""
    if dimension == 1:
        return _bar(LAYERS, 1.0, 1, 1)
    return _random_mesh(rng, dimension, ("a", "b", "c"), {2: 4, 3: 2}[dimension])


def some_edges(rng, data):
    edges = edges_of(data.cells)
    edges = edges[rng.random(len(edges)) < rng.random()]
    turned = rng.random(len(edges)) < 0.5
    return np.where(turned[:, None], edges[:, ::-1], edges), rng.uniform(0.1, 0.9, len(edges))


def sizes(points, simplices):
    """Volumes, areas or lengths."""
    sides = points[simplices[:, 1:]] - points[simplices[:, :1]]
    return np.sqrt(np.linalg.det(sides @ np.swapaxes(sides, 1, 2)))


def by_tag(data):
    """What regions and terminals measure, but for a factor."""
    cells, facets = sizes(data.points, data.cells), sizes(data.points, data.facets)
    return [np.bincount(data.cell_tags, cells), np.bincount(data.facet_tags, facets)]


def surface(data):
    facets = facets_of(data)
    return sizes(data.points, facets.nodes[facets.outer]).sum()


@pytest.mark.parametrize("dimension", [1, 2, 3])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_choice_of_edges_gives_a_sound_mesh_of_the_same_parts(dimension, seed):
    rng = np.random.default_rng(seed)
    before = mesh_of(rng, dimension)
    for _ in range(2):
        edges, fractions = some_edges(rng, before)
        after = split(before, edges, fractions)
        facets = facets_of(after)
        assert len(after.points) == len(before.points) + len(edges)
        assert sizes(after.points, after.cells).min() > 0 and facets.count.max() <= 2
        for old, new in zip([*by_tag(before), surface(before)], [*by_tag(after), surface(after)], strict=True):
            assert new == pytest.approx(old, rel=1e-12)  # a face that is cut in two ways would be an outer face twice
        terminals = found_among(facets.nodes, after.facets, len(after.points))
        assert (facets.count[terminals] == 1).all() and (terminals >= 0).all()
        before = after


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_edges_that_are_to_be_cut_are_cut_where_they_are_to_be_and_all_others_stay(dimension):
    rng = np.random.default_rng(dimension)
    before = mesh_of(rng, dimension)
    edges, fractions = some_edges(rng, before)
    after = split(before, edges, fractions)
    known, left = (set(map(tuple, np.sort(found, axis=1).tolist())) for found in (edges_of(after.cells), edges))
    assert known.isdisjoint(left)
    assert known >= set(map(tuple, edges_of(before.cells).tolist())) - left
    first, second = before.points[edges[:, 0]], before.points[edges[:, 1]]
    assert after.points[: len(before.points)] == pytest.approx(before.points, abs=0)
    assert after.points[len(before.points) :] == pytest.approx(first + fractions[:, None] * (second - first))


def test_the_halves_do_not_depend_on_the_order_of_cells_and_edges():
    rng = np.random.default_rng(5)
    data = mesh_of(rng, 3)
    edges, fractions = some_edges(rng, data)
    order = rng.permutation(len(edges))
    one, other = split(data, edges, fractions), split(data, edges[order][:, ::-1], 1 - fractions[order])

    def places(data):
        corners = np.sort(np.round(data.points[data.cells] @ [1.0, 1e3, 1e6], 3), axis=1)
        return corners[np.lexsort(corners.T)]

    assert places(one) == pytest.approx(places(other))


def test_all_edges_cut_in_the_middle_give_cells_an_eighth_as_large():
    data = mesh_of(np.random.default_rng(0), 3)
    edges = edges_of(data.cells)
    halved = split(data, edges, np.full(len(edges), 0.5))
    assert len(halved.cells) == 8 * len(data.cells) and len(halved.facets) == 4 * len(data.facets)
    assert sizes(halved.points, halved.cells).max() < 0.2 * sizes(data.points, data.cells).max()


def test_no_edges_to_cut_leave_the_mesh_as_it_is():
    data = mesh_of(np.random.default_rng(0), 2)
    assert split(data, np.empty((0, 2), dtype=int), np.empty(0)) is data


def test_edges_leave_a_place_with_one_end_there_which_comes_first():
    triangles = np.array([[0, 1, 2], [1, 2, 3]])
    inside = np.array([False, True, False, True])
    assert sorted(map(tuple, leaving(triangles, inside).tolist())) == [(1, 0), (1, 2), (3, 2)]
