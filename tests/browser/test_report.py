"""Reports in a real browser without a window: curves are drawn, tables sort, nothing is fetched, nothing goes wrong."""

import json
import subprocess

from spinfem.output.report import write_report
from tests.commands import PATIENCE
from tests.html_page import Page
from tests.peers import needs_peers, peer
from tests.reports import write_run, write_sweep

pytestmark = needs_peers

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--virtual-time-budget=8000", "--window-size=1200,900"),
)
LISTEN = """<script>window.wrong = [];
addEventListener("error", (event) => wrong.push(String(event.message)));
addEventListener("securitypolicyviolation", (event) => wrong.push(`${event.violatedDirective} ${event.blockedURI}`));
const complain = console.error; console.error = (...words) => { wrong.push(words.join(" ")); complain(...words); };
</script>"""
TELL = """<script>addEventListener("load", () => setTimeout(() => {
  const heading = document.querySelector("#points th");
  heading?.click(); heading?.click();
  const told = { wrong,
    first: document.querySelector("#points tbody th")?.textContent.trim(),
    ink: getComputedStyle(document.body).color, wide: document.documentElement.scrollWidth - innerWidth };
  const note = document.createElement("pre"); note.id = "told"; note.textContent = JSON.stringify(told); document.body.append(note);
}, 1500));</script>"""


def visited(folder, *options, broken=""):
    """(Page, what the page told) after a browser has shown the report of a folder."""
    text = write_report(folder).read_text(encoding="utf-8")
    copy = folder / "visited.html"
    text = text.replace("<title>", f"{LISTEN}{broken}<title>", 1)
    copy.write_text(text.replace("</body>", f"{TELL}</body>"), encoding="utf-8")
    profile = f"--user-data-dir={folder.parent / 'profile'}"
    command = peer("chromium", *OPTIONS, profile, *options, "--dump-dom", copy.as_uri())
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    page = Page(done.stdout)
    told = page.all("pre", id="told")
    assert told, done.stderr
    return page, json.loads(told[0]["text"])


def drawn(page):
    """Traces that plotly has drawn."""
    return [e for e in page.elements if e["tag"] == "g" and e.get("class", "").startswith("trace scatter")]


def test_a_run(tmp_path):
    write_run(tmp_path / "run")
    page, told = visited(tmp_path / "run")
    assert told["wrong"] == [] and told["wide"] <= 0
    assert len(drawn(page)) == 1
    assert "spin potential (µV)" in page.section("curves")


def test_a_sweep_sorts_and_has_error_bars(tmp_path):
    write_sweep(tmp_path / "sweep")
    page, told = visited(tmp_path / "sweep")
    assert told["wrong"] == [] and told["first"] == "0003"  # second click: descending
    assert len(drawn(page)) == 1 and [e for e in page.elements if e.get("class") == "errorbar"]


def test_light_dark_and_narrow(tmp_path):
    write_run(tmp_path / "run")
    light = visited(tmp_path / "run")[1]["ink"]
    page, told = visited(tmp_path / "run", "--force-dark-mode", "--window-size=500,900")
    assert told["wrong"] == [] and told["ink"] != light
    assert told["wide"] <= 0  # wide tables scroll by themselves, not the page
    assert len(drawn(page)) == 1


def test_the_browser_would_tell(tmp_path):
    write_run(tmp_path / "run", charts={})
    _, told = visited(tmp_path / "run", broken="<script>nonsense()</script><img src='https://example.org/other.png'>")
    assert "nonsense is not defined" in told["wrong"][0]
    assert any(wrong.startswith("img-src https://example.org/other.png") for wrong in told["wrong"])
