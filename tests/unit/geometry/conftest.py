"""A small drawing with everything in it: two layers on top of each other, a terminal below and one above."""

from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.geometry.drawing import Drawing
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.mesher import mesh_model
from spinfem.geometry.model_names import physical_names
from spinfem.geometry.script import choose, open_script
from spinfem.geometry.sizing import Sizing

MESHES = Path(__file__).parents[3] / "meshes"

LAYERS = """
SetFactory("OpenCASCADE");
DefineConstant[
  bottom = {20, Min 1, Max 100, Step 1, Name "Layers/1bottom", Label "Bottom layer", Units "nm"}
  steps = {3, Name "Layers/2steps"}
  ratio = {1.5, Name "Layers/ratio"}
  result = {7, Name "Layers/result", ReadOnly 1}
  hidden = 4
];
Box(1) = {0, 0, 0, 30, 10, bottom};
Box(2) = {10, 0, bottom, 10, 10, 5};
BooleanFragments{ Volume{1:2}; Delete; }{}
Physical Volume("bottom") = {1};
Physical Volume("top") = {2};
e = 1e-3;
below() = Surface In BoundingBox{-e, -e, -e, 30 + e, 10 + e, e};
above() = Surface In BoundingBox{-e, -e, bottom + 5 - e, 30 + e, 10 + e, bottom + 5 + e};
Physical Surface("below") = below();
Physical Surface("above") = above();
"""
VOLUMES = {"bottom": 30 * 10 * 20.0, "top": 10 * 10 * 5.0}
COARSE = Sizing({"bottom": 10.0, "top": 10.0}, resolution=1.0)


@pytest.fixture
def layers(tmp_path):
    """The path of the script."""
    path = tmp_path / "layers.geo"
    path.write_text(LAYERS)
    return path


@pytest.fixture
def comm():
    return MPI.COMM_WORLD


def meshed(path, sizing=COARSE, **values):
    """MeshData of a script."""
    with gmsh_session():
        choose(path, open_script(path), values)
        return mesh_model(physical_names(path), sizing, path)


def drawing(path, kind="script", **more):
    return Drawing(path, kind, **more)


def volumes(data):
    """Region -> volume (2D: area) of MeshData."""
    corners = data.points[data.cells]
    sizes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / {2: 2, 3: 6}[data.dimension]
    return {name: sizes[data.cell_tags == tag].sum() for name, tag in data.regions.items()}


def areas(data):
    """Terminal -> area of MeshData in 3D."""
    corners = data.points[data.facets]
    sizes = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    return {name: sizes[data.facet_tags == tag].sum() for name, tag in data.terminals.items()}


def skeleton(outline):
    """What an Outline says of names and neighbours, whatever the mesh."""
    pieces = sorted((piece.region, piece.terminals) for piece in outline.pieces)
    joints = sorted(sorted(outline.pieces[i].region for i in pair) for pair in outline.joints)
    named = (outline.dimension, sorted(outline.regions), outline.terminals, outline.contacts, outline.unusable)
    return *named, pieces, joints, outline.meetings, outline.shared
