"""From a folder to its report.html."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from spinfem.output.folders import FAILED, RESULTS, write_whole
from spinfem.output.report import folder as files
from spinfem.output.report.run import page_of_failure, page_of_run

REPORT = "report.html"
_SWEEP = "sweep.json"
_HERE = Path(__file__).parent


class NothingToReport(ValueError):
    """The folder holds nothing that a report could be made of."""


def write_report(folder):
    """Write DIR/report.html of what lies in the folder of a run or of a sweep, and return its path (one process only).

    Raises NothingToReport.
    """
    folder = Path(folder)
    path = folder / REPORT
    write_whole(path, render(page_of(folder)))
    return path


def page_of(folder):
    """The Page of a folder. Raises NothingToReport."""
    if not folder.is_dir():
        raise NothingToReport("is not a folder; name one that `spinfem run` or `spinfem sweep` wrote")
    try:
        if (about := files.read_json(folder / _SWEEP)) is not None:
            from spinfem.output.report.sweep import page_of_sweep  # with pandas, which takes its time to load

            return page_of_sweep(folder, about)
        if (result := files.read_json(folder / RESULTS)) is not None:
            return page_of_run(folder, result)
        if (failure := files.read_json(folder / FAILED)) is not None:
            return page_of_failure(folder, failure, _title(folder))
    except files.Unreadable as error:
        raise NothingToReport(str(error)) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise NothingToReport(f"holds results that this version does not understand ({error!r})") from error
    names = f"{RESULTS}, {_SWEEP} or {FAILED}"
    raise NothingToReport(f"holds no {names}; name a folder that `spinfem run` or `spinfem sweep` wrote")


def render(page):
    """The HTML of a Page, with everything that it needs inside."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"breakable": _breakable, "code": _code}
    return environment.get_template("page.html").render(
        page=page,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),
        script=Markup((_HERE / "page.js").read_text(encoding="utf-8")),
        plotly=Markup(_plotly()) if page.figures else "",
    )


def _breakable(name):
    """A long name that may go on in the next line."""
    return Markup(re.sub(r"([._/])", r"\1<wbr>", str(escape(name))))


def _code(words):
    """`keys` in a typewriter's letters."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(words))))


def _plotly():
    from plotly.offline import get_plotlyjs  # some MB of text

    return get_plotlyjs()


def _title(folder):
    try:
        case = YAML(typ="safe", pure=True).load(files.read_text(folder / "case.yaml"))
        return str(case["title"])
    except (YAMLError, KeyError, TypeError):
        return "Untitled case"
