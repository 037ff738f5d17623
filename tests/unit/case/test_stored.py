"""Magnetizations from files: what the formats hold, what lies between the cells, what is refused."""

import os
import pickle

import numpy as np
import pytest
from pydantic import ValidationError

from spinfem.case.faults import CaseError
from spinfem.case.magnetization import Magnetization
from spinfem.case.reader import read_case
from spinfem.case.source import CaseSource
from spinfem.case.validation import Checked
from tests.stored_files import box, centres, ovf, write_vtu

from .valve import VALVE

NM = 1e-9
BASE, STEP, COUNTS = np.array([-8.0, 1.0, 2.5]), np.array([2.0, 2.0, 5.0]), (9, 4, 2)  # nm


class Magnet(Checked):
    m: Magnetization


def magnetization(folder, **given):
    return Magnet.model_validate({"m": given}, context={"file": True, "folder": folder}).m


def refusal(folder, **given):
    """(key, message) of the one fault."""
    with pytest.raises(ValidationError) as refused:
        magnetization(folder, **given)
    (error,) = refused.value.errors()
    return error["loc"][1], error["msg"]


def turning(points, length=20 * NM):
    """Unit vectors that turn with all three coordinates, (3, ...), at points (3, ...), m."""
    x, y, z = points / length
    polar, azimuth = 1.0 + 0.3 * x - 0.2 * z, 0.5 * y + 0.4 * x
    return np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])


GRID = centres(BASE * NM, STEP * NM, COUNTS)


def test_a_header_with_the_faces_of_the_mesh_only(tmp_path):
    low = BASE - STEP / 2
    ends = {f"{axis}base": None for axis in "xyz"} | {
        f"{axis}min": value for axis, value in zip("xyz", low, strict=True)
    }
    (tmp_path / "m.ovf").write_bytes(ovf(turning(GRID), BASE, STEP, "text", meshunit="nm", **ends))
    m = magnetization(tmp_path, file="m.ovf")
    np.testing.assert_allclose(m.at(GRID.reshape(3, -1)), turning(GRID).reshape(3, -1), atol=1e-12)


@pytest.mark.parametrize(
    ("data", "version", "order"),
    [
        ("text", 2, None),
        ("binary 4", 2, None),
        ("binary 8", 2, None),
        ("Binary 4", 2, None),
        ("text", 1, None),
        ("binary 4", 1, None),
        ("binary 8", 1, None),
        ("binary 4", 1, "<"),
    ],
)
def test_each_kind_of_ovf_gives_its_cells_back(data, version, order, tmp_path):
    saturation = 8e5 if version == 2 else 1.0
    contents = ovf(saturation * turning(GRID), BASE * NM, STEP * NM, data, version, order)
    (tmp_path / "m.ovf").write_bytes(contents)
    m = magnetization(tmp_path, file="m.ovf")
    assert not m.uniform
    found = m.at(GRID.reshape(3, -1))
    np.testing.assert_allclose(found, turning(GRID).reshape(3, -1), atol=1e-12 if "4" not in data else 2e-7)
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), 1.0, rtol=1e-14)


def test_the_mesh_unit_and_the_origin(tmp_path):
    (tmp_path / "m.omf").write_bytes(ovf(turning(GRID), BASE, STEP, "text", meshunit="nm"))
    (tmp_path / "q.ovf").write_bytes(ovf(turning(GRID), BASE, STEP, "text", meshunit="unspecified"))
    m = magnetization(tmp_path, file="m.omf", origin=["100 nm", "0 nm", "-7 nm"])
    shift = np.array([[100.0], [0.0], [-7.0]]) * NM
    np.testing.assert_allclose(m.at(GRID.reshape(3, -1) + shift), turning(GRID).reshape(3, -1), atol=1e-12)
    own = magnetization(tmp_path, file="q.ovf", unit="1 nm")
    np.testing.assert_allclose(own.at(GRID.reshape(3, -1)), turning(GRID).reshape(3, -1), atol=1e-12)
    assert refusal(tmp_path, file="m.omf", unit="1 nm") == (
        "unit",
        "the file tells its unit itself (meshunit: nm); leave this out",
    )
    key, message = refusal(tmp_path, file="q.ovf")
    assert key == "file" and 'does not tell its unit (meshunit: "unspecified")' in message


def ovf_error(folder, n, function=turning, points=None):
    """The largest error between the cells of a cube of 40 nm with n x n x n cells, out to its faces."""
    step = np.full(3, 40 * NM / n)
    grid = centres(step / 2, step, (n, n, n))
    (folder / "m.ovf").write_bytes(ovf(function(grid), step / 2, step, "binary 8"))
    points = np.random.default_rng(0).uniform(0.0, 40 * NM, (3, 500)) if points is None else points
    return np.abs(magnetization(folder, file="m.ovf").at(points) - function(points)).max()


def test_between_cells_and_out_to_the_faces_the_error_is_of_second_order(tmp_path):
    errors = [ovf_error(tmp_path, n) for n in (5, 10, 20)]
    assert errors[0] < 0.05
    assert 3.3 < errors[0] / errors[1] < 4.7 and 3.3 < errors[1] / errors[2] < 4.7


def test_one_cell_of_thickness_is_constant_and_half_a_cell_more_is_allowed(tmp_path):
    grid = centres([0, 0, 0], [2 * NM, 2 * NM, 4 * NM], (5, 3, 1))
    (tmp_path / "m.ovf").write_bytes(ovf(turning(grid), [0, 0, 0], [2 * NM, 2 * NM, 4 * NM], "text"))
    m = magnetization(tmp_path, file="m.ovf")
    for z in (-4, -2, 0, 1, 4):
        np.testing.assert_allclose(m.at(np.array([[2.0], [4.0], [z]]) * NM), turning(grid)[:, 1, 2], atol=1e-12)
    m.at(np.array([[10.0], [-2.0], [4.0]]) * NM)
    words = r"does not reach \(10.1, 0, 0\) nm.*x = -1 to 9, y = -1 to 5, z = -2 to 2 nm"
    with pytest.raises(CaseError, match=words):
        m.at(np.array([[0.0, 10.1], [0, 0], [0, 0]]) * NM)


def test_empty_cells_do_not_count(tmp_path):
    """As outside of a disc: up to half a cell of them is as good as magnetized, as at the faces of the mesh."""
    vectors = np.zeros((3, 6, 1, 1))
    vectors[:, :3] = np.array([[0.6], [0.8], [0]])[..., None, None]
    (tmp_path / "m.ovf").write_bytes(ovf(vectors, [0, 0, 0], [NM, NM, NM]))
    m = magnetization(tmp_path, file="m.ovf")
    x = np.array([-0.9, 0.0, 1.3, 2.4, 2.95]) * NM
    np.testing.assert_allclose(m.at(np.stack([x, 0 * x, 0 * x])), [[0.6] * 5, [0.8] * 5, [0] * 5], atol=1e-7)
    with pytest.raises(CaseError, match=r"magnetization.file: .*m.ovf: is zero or empty at \(3.2, 0, 0\) nm"):
        m.at(np.array([[3.2], [0], [0]]) * NM)


def test_opposite_neighbours_have_nothing_in_their_middle(tmp_path):
    vectors = np.array([[1.0, -1.0], [0, 0], [0, 0]])[..., None, None]
    (tmp_path / "m.ovf").write_bytes(ovf(vectors, [0, 0, 0], [NM, NM, NM]))
    m = magnetization(tmp_path, file="m.ovf")
    np.testing.assert_allclose(m.at(np.array([[0.4], [0], [0]]) * NM).ravel(), [1, 0, 0])
    with pytest.raises(CaseError, match=r"has no direction at \(0.5, 0, 0\) nm"):
        m.at(np.array([[0.5], [0], [0]]) * NM)


ONES = np.ones((3, 2, 2, 1))


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"", "is not an OVF file"),
        (b"# OOMMF OVF 3.0\n", "is not an OVF file"),
        (b"\xff\xfe\x00\x01" * 99, "is not an OVF file"),
        (b"# OOMMF OVF 2.0\n# xnodes: 3\n", "it has no data"),
        (ovf(ONES, [0] * 3, [1] * 3)[:-60], "is incomplete: its mesh needs 12 numbers of 4 bytes"),
        (
            ovf(ONES, [0] * 3, [1] * 3, order=">", version=2).replace(b"\x49\x96\xb4\x38", b"\x49\x96\xb4\x39"),
            "control number 1234567.0",
        ),
        (
            ovf(ONES, [0] * 3, [1] * 3, "text").replace(b"1.0 1.0 1.0\n", b"", 1),
            "has 9 numbers where its mesh needs 12",
        ),
        (ovf(ONES, [0] * 3, [1] * 3, "text").replace(b"1.0 1.0 1.0", b"1.0 a 1.0", 1), "has data that are not numbers"),
        (ovf(ONES * np.nan, [0] * 3, [1] * 3), "values that are not finite"),
        (ovf(ONES * 0, [0] * 3, [1] * 3), "is zero everywhere"),
        (ovf(ONES, [0] * 3, [1] * 3, "text").replace(b"Data text", b"Data base64"), "has data as base64"),
        (ovf(ONES, [0] * 3, [1] * 3, meshtype="irregular"), "of the type irregular; only rectangular"),
        (
            b"# OOMMF: irregular mesh v1.0\n" + ovf(ONES, [0] * 3, [1] * 3, version=1, meshtype="irregular"),
            "only rectangular",
        ),
        (ovf(ONES, [0] * 3, [1] * 3).replace(b"count: 1", b"count: 2"), "has 2 segments"),
        (ovf(ONES, [0] * 3, [1] * 3, valuedim=1), "has 1 values in each cell; a magnetization has 3"),
        (ovf(ONES, [0] * 3, [1] * 3, valuedim=None), "its header has no valuedim"),
        (ovf(ONES, [0] * 3, [1] * 3, zbase=None), "its header has no zbase"),
        (ovf(ONES, [0] * 3, [1] * 3, ynodes=None), "its header has no ynodes"),
        (ovf(ONES, [0] * 3, [1] * 3, ynodes=2.5), "ynodes: 2.5, which is not a whole number"),
        (ovf(ONES, [0] * 3, [1] * 3, zstepsize=0), "zstepsize: 0; it must be greater than 0"),
        (ovf(ONES, [0] * 3, [1] * 3, xbase="left"), "xbase: left, which is not a number"),
        (ovf(ONES, [0] * 3, [1] * 3, meshunit="kg"), 'does not tell its unit (meshunit: "kg")'),
    ],
)
def test_an_ovf_file_that_cannot_be_used_is_refused(contents, words, tmp_path):
    (tmp_path / "m.ovf").write_bytes(contents)
    key, message = refusal(tmp_path, file="m.ovf")
    assert key == "file" and words in message


def vtu_error(folder, n, kind, carrier):
    sides = np.array([40.0, 40.0, 20.0])[: 2 if kind == "quad" else 3]
    points, cells = box([n] * len(sides), sides, kind)
    at = points if carrier == "point_data" else points[cells].mean(axis=1)
    m = 3.0 * turning(np.pad(at, ((0, 0), (0, 3 - len(sides)))).T * NM).T
    write_vtu(folder / "m.vtu", points, (kind, cells), **{carrier: {"m": m}})
    inside = np.zeros((3, 300))
    # Averages over the cells around a point are one-sided at the faces: there they are of first order.
    margin = 0.0 if carrier == "point_data" else 0.25
    inside[: len(sides)] = np.random.default_rng(0).uniform(margin, 1 - margin, (len(sides), 300)) * sides[:, None] * NM
    return np.abs(magnetization(folder, file="m.vtu", unit="1 nm").at(inside) - turning(inside)).max()


@pytest.mark.parametrize("carrier", ["point_data", "cell_data"])
@pytest.mark.parametrize("kind", ["tetra", "hexahedron", "quad"])
def test_in_a_vtu_the_error_is_of_second_order(kind, carrier, tmp_path):
    errors = [vtu_error(tmp_path, n, kind, carrier) for n in (4, 8, 16)]
    assert errors[0] < 0.08
    assert errors[0] / errors[2] > 10


def write_cube(folder, **data):
    """A cube of 10 x 10 x 10 in steps of 5."""
    points, cells = box((2, 2, 2), (10.0, 10.0, 10.0))
    n = {"point_data": len(points), "cell_data": len(cells)}
    fields = {
        where: {name: np.tile(np.array(vector, dtype=float), (n[where], 1)) for name, vector in found.items()}
        for where, found in data.items()
    }
    write_vtu(folder / "m.vtu", points, ("tetra", cells), **fields)


def test_the_field_of_a_vtu(tmp_path):
    write_cube(tmp_path, point_data={"m": [0, 0, 2], "phi": [1], "H": [0, 1, 0]}, cell_data={"M": [-1, 0, 0]})
    for name, direction in (("m", [0, 0, 1]), ("H", [0, 1, 0]), ("M", [-1, 0, 0])):
        m = magnetization(tmp_path, file="m.vtu", field=name)
        np.testing.assert_allclose(m.at(np.array([[3.0, 10], [4, 10], [5, 10]])).T, [direction] * 2, atol=1e-12)
    assert refusal(tmp_path, file="m.vtu") == (
        "field",
        "the file has several fields with three components; name one of m, H, M",
    )
    key, message = refusal(tmp_path, file="m.vtu", field="phi")
    assert key == "field" and "no such field with three components in the file" in message and "m, H, M" in message
    write_cube(tmp_path, point_data={"phi": [1]}, cell_data={"M": [-1, 0, 0]})
    assert magnetization(tmp_path, file="m.vtu").at(np.ones((3, 1))).ravel().tolist() == [-1, 0, 0]
    write_cube(tmp_path, point_data={"phi": [1]})
    assert refusal(tmp_path, file="m.vtu") == ("file", "has no field with three components")


def test_a_vtu_reaches_half_a_cell_further(tmp_path):
    write_cube(tmp_path, point_data={"m": [0, 0, 2]})
    m = magnetization(tmp_path, file="m.vtu", unit="1 nm", origin=["1 nm", "0 nm", "0 nm"])
    near = np.array([[-1.4, 3.0, 13.4], [3.0, 3.0, 3.0], [3.0, 12.4, 3.0]]) * NM
    np.testing.assert_allclose(m.at(near).T, [[0, 0, 1]] * 3, atol=1e-12)
    with pytest.raises(CaseError, match=r"does not reach \(-1.6, 3, 3\) nm.*x = 1 to 11, y = 0 to 10"):
        m.at(np.array([[5.0, -1.6], [3, 3], [3, 3]]) * NM)
    with pytest.raises(CaseError, match="does not reach"):
        magnetization(tmp_path, file="m.vtu").at(np.array([[30.0], [3], [3]]))


def test_a_vtu_with_air_around_the_magnet(tmp_path):
    points, cells = box((4, 1, 1), (40.0, 10.0, 10.0), "hexahedron")
    cell_m = np.where((points[cells].mean(axis=1)[:, :1] < 20), [[0.0, 1.0, 0.0]], 0.0)
    write_vtu(tmp_path / "m.vtu", points, ("hexahedron", cells), cell_data={"m": cell_m})
    m = magnetization(tmp_path, file="m.vtu", unit="1 nm")
    np.testing.assert_allclose(m.at(np.array([[5.0, 20.0], [5, 5], [5, 5]]) * NM), [[0, 0], [1, 1], [0, 0]], atol=1e-12)
    with pytest.raises(CaseError, match=r"is zero or empty at \(35, 5, 5\) nm"):
        m.at(np.array([[35.0], [5], [5]]) * NM)


@pytest.mark.parametrize("contents", [b"", b"solid", b'<?xml version="1.0"?><VTKFile type="PolyData"></VTKFile>'])
def test_a_vtu_that_cannot_be_read_is_refused_in_silence(contents, tmp_path, capfd):
    (tmp_path / "m.vtu").write_bytes(contents)
    key, message = refusal(tmp_path, file="m.vtu")
    assert key == "file" and "cannot be read as .vtu" in message
    assert capfd.readouterr().err == ""


def test_a_vtu_cut_short_and_one_of_zeros(tmp_path):
    write_cube(tmp_path, point_data={"m": [0, 0, 0]})
    assert refusal(tmp_path, file="m.vtu") == ("file", "is zero everywhere")
    contents = (tmp_path / "m.vtu").read_bytes()
    (tmp_path / "m.vtu").write_bytes(contents[: len(contents) // 2])
    assert "cannot be read as .vtu" in refusal(tmp_path, file="m.vtu")[1]


@pytest.mark.parametrize(
    ("given", "key", "words"),
    [
        ({"file": "none.ovf"}, "file", "there is no such file beside the case file"),
        ({"file": 3}, "file", "must be the name of a file"),
        ({"file": "m.txt"}, "file", "must be a file of the kind .ovf, .omf, .vtu"),
        ({"file": "m.ovf", "field": "m"}, "field", "an OVF file has one field only"),
        ({"file": "m.ovf", "origin": ["1 nm", "2 nm"]}, "origin", "too short"),
        ({"file": "m.ovf", "fild": "m"}, "fild", 'did you mean "field"'),
        ({"file": "m.vtu", "unit": 1}, "unit", "has no unit; give a length"),
        ({"file": "m.vtu", "unit": "0 nm"}, "unit", "must be greater than 0"),
    ],
)
def test_keys(given, key, words, tmp_path):
    (tmp_path / "m.txt").touch()
    (tmp_path / "m.ovf").write_bytes(ovf(ONES, [0] * 3, [1] * 3))
    write_cube(tmp_path, point_data={"m": [0, 0, 1]})
    found = refusal(tmp_path, **given)
    assert found[0] == key and words in found[1]


def test_it_is_a_value(tmp_path):
    (tmp_path / "wall.ovf").write_bytes(ovf(turning(GRID), BASE * NM, STEP * NM))
    m, again = magnetization(tmp_path, file="wall.ovf"), magnetization(tmp_path, file="wall.ovf")
    sent = pickle.loads(pickle.dumps(m))
    assert m == again == sent and len({m, again, sent, m.flipped().flipped()}) == 1
    assert m.flipped() != m and m.flipped().flipped() == m
    np.testing.assert_array_equal(m.flipped().at(GRID[:, 0, 0]), -sent.at(GRID[:, 0, 0]))
    assert (str(m), str(m.flipped())) == ("wall.ovf", "-wall.ovf")
    assert m.at(np.zeros((3, 0))).shape == (3, 0)


def test_a_file_that_was_written_anew_is_read_anew(tmp_path):
    file = tmp_path / "m.ovf"
    for i, sign in enumerate((1, -1)):
        file.write_bytes(ovf(sign * ONES, [0] * 3, [1] * 3))
        os.utime(file, ns=(i, i))
        assert magnetization(tmp_path, file="m.ovf").at(np.zeros((3, 1)))[0] * sign > 0


def test_the_case_as_it_ran_finds_the_file_from_anywhere(tmp_path):
    (tmp_path / "wall.ovf").write_bytes(ovf(turning(GRID), BASE * NM, STEP * NM))
    case = tmp_path / "case.yaml"
    case.write_text(VALVE)
    text = CaseSource.of_file(
        case, ["regions.injector.magnetization={file: wall.ovf, origin: [1 nm, 0 nm, 0 nm]}"]
    ).as_it_ran()
    assert str(tmp_path / "wall.ovf") in text
    m = read_case(text, folder="/").regions["injector"].magnetization
    assert (m.file, m.origin) == ((tmp_path / "wall.ovf").resolve(), (1e-9, 0.0, 0.0))
    with pytest.raises(CaseError, match=r"regions.injector.magnetization.file .*: none.ovf: there is no such file"):
        read_case(VALVE, tmp_path, ["regions.injector.magnetization={file: none.ovf}"])
