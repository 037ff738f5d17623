"""The report of a folder: structure, numbers, nothing from outside, nothing that runs."""

import json

import numpy as np
import pytest

from spinfem.case import describe
from spinfem.output.curves import Series, widths
from spinfem.output.report import NothingToReport, write_report
from spinfem.output.results import add_time
from tests.html_page import Page
from tests.reports import EVIL, write_run, write_sweep


def report(folder):
    return Page(write_report(folder).read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path):
    write_run(tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def sweep(tmp_path):
    write_sweep(tmp_path / "sweep")
    return tmp_path / "sweep"


def test_a_run_has_all_its_sections(run):
    page = report(run)
    assert page.complaints == []
    expected = "essentials device results curves matrices fields checks terminals materials tables case effort files"
    assert page.sections == expected.split()
    assert "no pictures: <no> display" in page.all("div", id="warnings")[0]["text"]
    assert "DOLFINx 0.9.0" in page.section("effort") and "67 890" in page.section("effort")
    assert "A & B <script>alert(1)</script>, Nature (2001) not confirmed" in page.section("materials")
    assert "71 MS/m" in page.section("materials") and "1 fΩ m²" in page.section("materials")
    assert "current 1 mA" in page.section("terminals") and "500.0 mV ± 1.0 mV" in page.section("terminals")
    assert [e["class"] for e in page.all("li") if "class" in e] == ["good"] * 4
    assert 'title: \'<script>alert("x")' in page.section("case")


def test_numbers_are_those_of_the_results(run):
    page, found = report(run), json.loads((run / "results.json").read_text())
    assert page.numbers[found["observables"]["signal"]["value"]] == "2.270 mΩ"
    assert "± 0.013 mΩ" in page.section("results") and "0.57 %" in page.section("results")
    assert "(0, 5.000, 0) µV" in page.section("results")
    assert {0.25, -0.125, 1e-20} <= set(page.numbers)
    assert page.numbers[1e-20] == "0" and page.numbers[0.25] == "250"  # mS
    assert "in mS" in page.section("matrices")


def test_curves_carry_the_columns_of_the_tables(run):
    page = report(run)
    plane, space = (json.loads(e["text"]) for e in page.all("script", type="application/json"))
    (trace,) = plane["data"]
    assert np.array(trace["x"]) == pytest.approx([0, 10, 20, 30, 40])  # nm
    assert np.array(trace["y"]) == pytest.approx([1, 0.5, 0.25, 0.125, 0.0625])  # µV
    assert plane["layout"]["yaxis"] == {"title": {"text": "spin potential (µV)"}, "type": "log"}
    assert "nm" in trace["hovertemplate"] and "µV" in trace["hovertemplate"]
    assert space["data"][0]["type"] == "scatter3d" and space["data"][0]["z"] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert [e["alt"] for e in page.all("img")] == ["The device", "signal space", "Spin potential"]  # no picture twice


def test_plotly_takes_the_figures(run, sweep):
    from plotly import graph_objects

    for page in (report(run), report(sweep)):
        for element in page.all("script", type="application/json"):
            graph_objects.Figure(json.loads(element["text"]))  # raises where a key is wrong


@pytest.mark.parametrize("write", [write_run, write_sweep])
def test_nothing_from_outside_and_nothing_that_runs(tmp_path, write):
    write(tmp_path / "out")
    page = report(tmp_path / "out")
    assert page.complaints == []
    outside = [a for a in page.addresses if ":" in a.split("/")[0] and not a.startswith(("data:image/", "data:,"))]
    assert not outside and not any(a.startswith(("//", "/")) for a in page.addresses)
    assert not [key for e in page.elements for key in e if key.startswith("on")]
    assert page.all("h1")[0]["text"] == EVIL and page.all("title")[0]["text"] == EVIL
    scripts = [e["text"] for e in page.all("script") if e.get("type") != "application/json"]
    assert len(scripts) == 2 and not any("alert(" in script for script in scripts[1:])  # plotly's and ours
    labels = [json.loads(e["text"])["layout"].get("xaxis") for e in page.all("script", type="application/json")]
    assert "<script" not in str(labels) and "<b>" not in str(labels)
    for address in {e["href"] for e in page.all("a")} - {"#checks"}:
        assert (tmp_path / "out" / address).exists()


def test_a_page_is_a_function_of_its_folder(run):
    first = write_report(run).read_bytes()
    assert write_report(run).read_bytes() == first and len(first) < 6e6


@pytest.mark.parametrize("total", [12.5, 0.045, 9.95, 61.4])
def test_what_a_page_took_does_not_change_it(tmp_path, total):
    contents = write_run(tmp_path / "run", seconds={"solve": 0.04, "total": total})
    first = write_report(tmp_path / "run").read_bytes()
    add_time(tmp_path / "run", contents, "report", 1.23456)
    told = json.loads((tmp_path / "run/results.json").read_text())
    assert told["seconds"] == {"solve": 0.04, "report": 1.235, "total": pytest.approx(total + 1.235)}
    assert told["finished"] == contents["finished"]
    assert write_report(tmp_path / "run").read_bytes() == first


def test_no_curves_no_library(tmp_path):
    write_run(tmp_path / "run", charts={})
    assert len(write_report(tmp_path / "run").read_bytes()) < 1e5


def test_a_sweep_with_a_failed_and_a_missing_point(sweep):
    page = report(sweep)
    assert page.sections[:4] == ["essentials", "swept", "failed", "device"]
    assert "1 of 3 points failed" in page.all("div", role="alert")[0]["text"]
    assert "stopped <b>after</b> 3 iterations" in page.section("failed")
    assert "100 nm, 200 nm, 300 nm" in page.section("swept")
    assert page.numbers[0.0022697] == "2.270" and "signal (mΩ)" in page.section("points")
    links = {e["text"]: e["href"] for e in page.all("a")}
    assert links["0001"] == "points/0001/" and links["table.csv"] == "table.csv"
    figure = json.loads(page.all("script", type="application/json")[0]["text"])
    (trace,) = figure["data"]
    assert trace["y"] == pytest.approx([2.2697]) and trace["error_y"]["array"] == pytest.approx([0.013])
    assert "poor" in {e.get("class") for e in page.all("li")}


def test_a_sweep_without_plots_shows_what_is_essential(sweep):
    (sweep / "case.yaml").unlink()
    table = (sweep / "table.csv").read_text().replace("missing,,", "done,0.0012,1e-05")
    (sweep / "table.csv").write_text(table)
    (figure,) = (json.loads(e["text"]) for e in report(sweep).all("script", type="application/json"))
    (trace,) = figure["data"]
    assert trace["x"] == pytest.approx([100, 300]) and trace["y"] == pytest.approx([2.2697, 1.2])


def test_a_sweep_that_has_no_table_yet(sweep):
    (sweep / "table.csv").unlink()
    page = report(sweep)
    assert "0001 done" in page.section("points") and "0002 failed" in page.section("points")


def test_a_run_that_failed(tmp_path):
    (tmp_path / "failed.json").write_text(json.dumps({"error": "stopped <at> once", "residuals": [1.0, 0.5, 0.25]}))
    (tmp_path / "case.yaml").write_text("title: a valve\n")
    page = report(tmp_path)
    assert page.all("h1")[0]["text"] == "a valve" and "stopped <at> once" in page.all("div", role="alert")[0]["text"]
    figure = json.loads(page.all("script", type="application/json")[0]["text"])
    assert figure["data"][0]["y"] == [1.0, 0.5, 0.25] and figure["layout"]["yaxis"]["type"] == "log"
    assert "results" not in page.sections


def test_an_earlier_result_beside_a_failure(run):
    (run / "failed.json").write_text(json.dumps({"error": "too few iterations", "residuals": []}))
    assert "too few iterations" in report(run).all("div", role="alert")[0]["text"]


def test_results_of_an_older_version(tmp_path):
    older = dict.fromkeys(("versions", "finished", "charts", "warnings", "matrices"))
    write_run(tmp_path / "run")
    path = tmp_path / "run/results.json"
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text()).items() if k not in older}))
    assert "did not keep them" in report(tmp_path / "run").section("checks")


def test_a_matrix_alone(tmp_path):
    write_run(tmp_path, observables={})
    page = report(tmp_path)
    assert page.sections[:3] == ["essentials", "device", "curves"] and "results" not in page.sections
    assert "0.4 % (matrix, of its largest entry)" in page.section("checks")


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"checks": {"charge_conservation": 1e-3}}, "poor", "Charge conservation: poor"),
        ({"solver": {"method": "CG", "iterations": 9, "residual": 1e-6}}, "fair", "Linear solver: fair"),
        (
            {"error_estimate": "none: switched off", "observables": {}, "matrices": {}},
            "unknown",
            "Not known: switched off",
        ),
        ({"observables": {"R": {"value": 1.0, "unit": "ohm", "error": 0.3}}}, "poor", "30 % (R)"),
        (
            {"observables": {"G.smallest_eigenvalue": {"value": -1.0, "unit": "S", "error": None}}},
            "poor",
            "value: poor",
        ),
    ],
)
def test_verdicts(tmp_path, changes, verdict, words):
    write_run(tmp_path, **changes)
    page = report(tmp_path)
    assert words in page.section("checks")
    assert verdict in {e.get("class") for e in page.all("li")}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no results.json, sweep.json or failed.json"),
        ({"results.json": "{"}, "results.json cannot be read"),
        ({"results.json": "[]"}, "results.json is not what spinfem writes"),
        ({"results.json": "{}"}, "does not understand"),
    ],
)
def test_nothing_to_report(tmp_path, files, words):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(NothingToReport, match=words):
        write_report(tmp_path)
    assert not (tmp_path / "report.html").exists()


def test_a_curve_under_another_one_is_wider():
    x = np.linspace(0, 1, 20)
    under, over, apart = (Series(name, x, y) for name, y in (("P", 1 + x), ("AP", 1.001 * (1 + x)), ("other", 3 - x)))
    first, second, third = widths([under, over, apart])
    assert first > second == third
    assert widths([apart, under]) == [third, third]


def test_the_drive_of_what_moves_is_told():
    drive = {"terminal": "left", "current": 1e-3, "pulse": {"start": 0.0, "length": 1e-9, "rise": 0.0}}
    told = {said.key: said.value for said in describe.driving({"dynamics": {"until": 2e-9, "drive": drive}})}
    assert told["drive_current"] == 1e-3 and told["drive_terminal"] == "left" and told["until"] == 2e-9
    assert {said.key for said in told["drive_pulse"]} >= {"length"}
    usual = describe.driving({"dynamics": {"until": 2e-9, "drive": {}}})
    assert [(said.key, said.value) for said in usual] == [("until", 2e-9), ("drive_factor", 1.0)]
    assert describe.driving({}) == []
