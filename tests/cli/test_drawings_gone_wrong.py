"""Drawings as people make them, with something wrong: `check` and `run` say the same, and the place."""

import json

import pytest
from typer.testing import CliRunner

from spinfem.cli import app

TWO = 'Rectangle(1) = {0, 0, 0, 100, 50}; Rectangle(2) = {%s, 100, 50};\n%s\nPhysical Surface("%s") = {%s};%s\n'
ENDS = """a() = Curve In BoundingBox{-1,-1,-1, 1,51,1}; Physical Curve("left") = a();
b() = Curve In BoundingBox{%s,-1,-1, 202,51,1}; Physical Curve("right") = b();
Mesh.MeshSizeMax = 20;
"""
JOIN = "BooleanFragments{ Surface{1:2}; Delete; }{}"


def drawn(folder, where, join, one_region=False, more="", right=199):
    """A case of two rectangles, the first at the origin."""
    names = ("cu", "1, 2", "") if one_region else ("cu", "1", '\nPhysical Surface("al") = {2};')
    text = 'SetFactory("OpenCASCADE");\n' + TWO % (where, join, *names) + ENDS % right + more + "\n"
    (folder / "two.geo").write_text(text)
    case = folder / "case.yaml"
    regions = "{cu: Cu @ 300 K}" if one_region else "{cu: Cu @ 300 K, al: Al @ 300 K}"
    case.write_text(
        f"geometry: {{script: two.geo, depth: 10 nm}}\nregions: {regions}\n"
        "terminals: {left: {voltage: 1 mV}, right: {voltage: 0 V}}\nobservables: [terminals]\n"
        "solver: {error_estimate: false, method: direct}\noutput: {fields: false, pictures: false, report: false}\n"
    )
    return case


def said(command, case, *arguments):
    """(exit status, what a person reads)."""
    result = CliRunner().invoke(app, [command, str(case), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def refused(case, *arguments):
    status, words = said("check", case, *arguments)
    assert (status, words) == said("run", case, "-o", str(case.parent / "out"), *arguments) and status == 2
    return " ".join(words.split())


def test_two_strips_without_coherence(tmp_path):
    assert "al and cu: parts touch or overlap without sharing their nodes" in refused(drawn(tmp_path, "100, 0, 0", ""))


def test_two_rectangles_that_meet_in_a_corner(tmp_path):
    words = refused(drawn(tmp_path, "100, 50, 0", JOIN))
    assert "parts of al and cu meet in a corner only" in words and "(100, 50) nm" in words


def test_an_island_of_the_same_region(tmp_path):
    case = drawn(tmp_path, "0, 100, 0", "", one_region=True, right=99)
    words = refused(case)
    assert "the potential of cu is not determined" in words and "100 x 50 nm large, around (50, 125) nm" in words


def test_separate_parts_with_a_voltage_each_are_told_and_run(tmp_path):
    """A gap of half a nanometre is one."""
    case = drawn(tmp_path, "100.5, 0, 0", "")
    for command in (("check",), ("mesh", "-o", str(tmp_path / "mesh"))):
        status, words = said(command[0], case, *command[1:])
        assert status == 0 and "separate part" in words and "100 x 50 nm" in words and "(150.5, 25) nm" in words
    assert said("run", case, "-o", str(tmp_path / "out"))[0] == 0


def test_adjacent_terminals(tmp_path):
    case = drawn(
        tmp_path,
        "100, 0, 0",
        JOIN,
        more='c() = Curve In BoundingBox{-1,-1,-1, 101,1,1}; Physical Curve("bottom") = c();',
    )
    words = refused(case, "--set", "terminals.bottom={floating: true}")
    assert "terminals.bottom" in words and "meets the terminal left at (0, 0) nm" in words
    same = ("terminals.bottom={voltage: 1 mV, spin: reflecting}", "terminals.left={voltage: 1 mV, spin: reflecting}")
    settings = [word for setting in same for word in ("--set", setting)]
    status, words = said("run", case, "-o", str(tmp_path / "out"), *settings)
    assert status == 0
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    currents = {name: entry["value"] for name, entry in results["observables"].items() if name.endswith(".current")}
    assert abs(sum(currents.values())) < 1e-10 * max(map(abs, currents.values())) and len(currents) == 3


def test_a_group_on_an_inner_face(tmp_path):
    more = 'c() = Curve In BoundingBox{99,-1,-1, 101,51,1}; Physical Curve("joint") = c();'
    case = drawn(tmp_path, "100, 0, 0", JOIN, more=more)
    assert said("run", case, "-o", str(tmp_path / "out"))[0] == 0
    words = refused(case, "--set", "terminals.joint={floating: true}")
    assert "terminals.joint" in words and "lies inside the device" in words


@pytest.mark.parametrize("unit", ["1 pm", "1 m"])
def test_a_device_of_an_unlikely_size(tmp_path, unit):
    case = drawn(tmp_path, "100, 0, 0", JOIN)
    assert "warning" not in said("check", case)[1]
    status, words = said("check", case, "--set", f"geometry.unit={unit}")
    assert status == 0 and "warning: the device is 200 " in words and "nanometres, set unit to 1 nm" in words


def test_a_run_doubts_the_size_too(tmp_path):
    case = drawn(tmp_path, "100, 0, 0", JOIN)
    status, words = said(
        "run", case, "-o", str(tmp_path / "out"), "--set", "geometry.unit=1 pm", "--set", "mesh.resolution=1e9"
    )
    assert status == 0 and "warning: the device is 200 pm large" in words
    (warning,) = json.loads((tmp_path / "out" / "results.json").read_text())["warnings"]
    assert "set unit to 1 nm" in warning
