"""The device on one rank: terminals are on the outside, contacts between regions, refinement keeps all of it."""

from dataclasses import replace

import numpy as np
import pytest

from spinfem.geometry.build import device_of
from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.mesh_data import share
from spinfem.geometry.quality import mesh_quality
from spinfem.geometry.reading import outline
from spinfem.geometry.refine import refine

from .conftest import COARSE, VOLUMES, drawing, meshed

LENGTHS = {"bottom": 10e-9, "top": 4e-9}


@pytest.fixture
def device(layers, comm):
    return device_of(comm, drawing(layers), COARSE)


def test_every_cell_has_a_region(device):
    cells = device.mesh.topology.index_map(3)
    assert np.array_equal(device.cell_tags.indices, np.arange(cells.size_local + cells.num_ghosts))
    assert set(device.cell_tags.values) == set(device.regions.values())
    assert len(device.cells_of("top")) + len(device.cells_of("bottom")) == cells.size_local


def test_tags_of_terminals_and_contacts_differ(device):
    tags = [*device.terminals.values(), *device.contacts.values()]
    assert len(set(tags)) == len(tags) == 3
    assert set(device.facet_tags.values) == set(tags)


def test_who_touches_whom(device):
    assert device.regions_at("above") == ("top",)
    assert set(device.contacts) == {frozenset(("top", "bottom"))}
    assert np.array_equal(device.contact_facets("top", "bottom"), device.contact_facets("bottom", "top"))


def test_contacts_have_cells_of_both_regions_beside_them(device):
    beside = device.mesh.topology.connectivity(2, 3)
    for facet in device.contact_facets("top", "bottom"):
        assert set(device.cell_tags.values[beside.links(facet)]) == set(device.regions.values())


def test_a_group_of_facets_inside_the_device_is_no_terminal(layers, comm):
    text = layers.read_text().replace("bottom + 5 - e", "bottom - e").replace("bottom + 5 + e", "bottom + e")
    layers.write_text(text)
    assert list(device_of(comm, drawing(layers), COARSE).terminals) == ["below"]
    found = outline(drawing(layers), COARSE)
    assert list(found.terminals) == ["below"] and "lies inside the device" in found.unusable["above"]


def test_a_terminal_without_facets_is_refused(layers, comm):
    data = meshed(layers)
    data = replace(data, terminals={**data.terminals, "nowhere": 9})
    with pytest.raises(GeometryError, match="nowhere: this terminal touches no region"):
        make_device(distribute(comm, share(comm, data)))


def test_depth_belongs_to_flat_devices(device):
    assert (device.depth, device.length_unit) == (1.0, 1e-9)


def test_quality(device):
    quality = mesh_quality(device, LENGTHS)
    assert {name: region.volume for name, region in quality.regions.items()} == pytest.approx(VOLUMES)
    contact = quality.contacts[frozenset(("top", "bottom"))]
    assert contact.area == pytest.approx(100)
    assert contact.diffusion_length == pytest.approx(4)
    assert contact.cells_per_length == pytest.approx(4 / contact.mean_edge)
    assert quality.cells == sum(region.cells for region in quality.regions.values())
    for region in quality.regions.values():
        assert 0.2 < region.worst_shape < region.mean_shape < 1


def test_shape_is_one_for_an_equilateral_triangle(comm):
    from spinfem.geometry.quality import _shape

    assert _shape(np.array([[[0, 0], [1, 0], [0.5, np.sqrt(0.75)]]])) == pytest.approx(1)
    assert _shape(np.array([[[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]])) == pytest.approx(1)
    assert _shape(np.array([[[0.0, 0], [1, 0], [2, 0]]])) == pytest.approx(0)


def test_refinement_halves_edges_and_keeps_shapes(layers, comm):
    tagged = distribute(comm, share(comm, meshed(layers)))
    before = mesh_quality(make_device(tagged), LENGTHS)
    for _ in range(2):
        tagged = distribute(comm, *refine(tagged))
    after = mesh_quality(make_device(tagged), LENGTHS)
    assert after.cells == 64 * before.cells
    contact = frozenset(("top", "bottom"))
    assert after.contacts[contact].facets == 16 * before.contacts[contact].facets
    for name, volume in VOLUMES.items():
        assert after.regions[name].volume == pytest.approx(volume)
        assert after.regions[name].worst_shape > 0.6 * before.regions[name].worst_shape
    assert after.contacts[contact].mean_edge == pytest.approx(before.contacts[contact].mean_edge / 4, rel=0.02)
