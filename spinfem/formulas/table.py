"""What a person sees of closed formulas in the terminal."""

from rich.text import Text

from spinfem.formatting import humanize, value_words
from spinfem.tty import table


def parts(answers, measurements):
    """Tables and lines, top to bottom; measurements: what the full model gives."""
    measured = {m.name: m for m in measurements}
    for answer in answers:
        if answer.why_not:
            yield Text.assemble((answer.formula.title, "bold"), f"\ndoes not fit: {answer.why_not}")
        else:
            yield _table(answer, measured)


def _table(answer, measured):
    rows = table("number", "formula", "full model", "formula differs by")
    rows.title, rows.title_style, rows.title_justify = f"{answer.formula.title}\n", "bold", "left"
    rows.caption, rows.caption_justify = answer.formula.source, "left"
    for prediction in answer.predictions:
        full = measured.get(prediction.name)
        if full is None:
            rows.add_row(prediction.name, f"{prediction.value:.4g} (SI)", "not found", "")
            continue
        off = f"{100 * (prediction.value / full.value - 1):+.2g} %" if full.value else ""
        rows.add_row(prediction.name, humanize(prediction.value, full.unit), value_words(full.value, full.unit), off)
    return rows
