"""Curves as plotly draws them: dictionaries, which the page's own script gives colours that fit the page."""

import html
import json
import re

import numpy as np

from spinfem.formatting import scale
from spinfem.output.curves import MARKED, colours, marked, measured_by, range_of_dots, sphere_lines, widths
from spinfem.output.report.parts import Figure

_SIGNS = (
    "alpha α beta β Delta Δ delta δ theta θ lambda λ mu µ sigma σ phi φ rho ρ tau τ pi π Omega Ω uparrow ↑ downarrow ↓"
)
_MATHEMATICAL = dict(zip(_SIGNS.split()[::2], _SIGNS.split()[1::2], strict=True))


def figure_of(curves, picture=None):
    """The Figure of Curves; picture: what stands in for a curve in space."""
    made = _in_space(curves) if curves.z is not None else _in_plane(curves)
    return Figure(curves.name, curves.name.replace("_", " "), _script_json(made), picture)


def _in_plane(curves):
    along_x, along_y = measured_by(curves)
    (x_factor, x_unit), (y_factor, y_unit) = _scale(curves.x, along_x), _scale(curves.y, along_y)
    several = len(curves.series) > 1
    traces = []
    for s, colour, width in zip(curves.series, colours(len(curves.series)), widths(curves.series), strict=True):
        trace = {
            "type": "scatter",
            "name": _text(s.label) or " ",
            "x": _numbers(s.x, x_factor),
            "y": _numbers(s.y, y_factor),
            "mode": "markers" if s.dots else "lines+markers" if len(s.x) <= MARKED else "lines",
            "line": {"color": colour, "width": width},
            "marker": {"color": colour, "size": 2.3 * width},
            "hovertemplate": _hover(curves, x_unit, y_unit, s),
            "showlegend": bool(several and s.label),
        }
        if s.error is not None and np.any(np.isfinite(s.error) & (np.abs(s.error) > 0)):
            look = {"color": colour, "thickness": 1, "width": 3}
            trace["error_y"] = {"type": "data", "array": _numbers(s.error, y_factor)} | look
        traces.append(trace)
    layout = {"xaxis": _axis(curves.x, x_unit, "x" in curves.log), "yaxis": _axis(curves.y, y_unit, "y" in curves.log)}
    if curves.words:
        layout["xaxis"] |= {"tickvals": list(range(len(curves.words))), "ticktext": list(map(_text, curves.words))}
    if limits := range_of_dots(curves, y_factor):
        layout["yaxis"]["range"] = [float(np.log10(limit)) for limit in limits]
    if curves.equal:
        layout["yaxis"]["scaleanchor"] = "x"
    return {"data": traces, "layout": layout}


def _in_space(curves):
    (curve,), (z_axis, z) = curves.series, curves.z
    values = [np.asarray(v, dtype=float) for v in (curve.x, curve.y, z)]
    factor, unit = _scale(curves.x, values)
    reach = 1.05 * (1.0 if curves.sphere else factor * (max(float(np.max(np.abs(v))) for v in values) or 1.0))
    points = {axis: _numbers(v, factor) for axis, v in zip("xyz", values, strict=True)}
    hover = "<br>".join(f"%{{{axis}:.4~g}}" for axis in "xyz") + f" {_text(unit)}<extra></extra>"
    width = 2 if curves.sphere else 5
    line = {"mode": "lines", "line": {"color": "#0072B2", "width": width}, "name": "curve", "showlegend": False}
    space = {"type": "scatter3d", "hovertemplate": hover}
    traces = [space | points | line]
    for name, (k, colour) in marked(curves).items():
        point = {axis: [numbers[k]] for axis, numbers in points.items()}
        traces.append(space | point | {"mode": "markers", "marker": {"color": colour, "size": 5}, "name": name})
    traces.append(_globe() if curves.sphere else _zero(space))
    names = (curves.x, curves.y, z_axis)
    limits = {"range": [-reach, reach]}
    axes = {f"{axis}axis": _axis(name, unit, False) | limits for axis, name in zip("xyz", names, strict=True)}
    return {"data": traces, "layout": {"scene": axes | {"aspectmode": "cube"}}}


def _zero(space):
    mark = {"symbol": "cross", "color": "#000000", "size": 4}
    return space | {axis: [0.0] for axis in "xyz"} | {"mode": "markers", "marker": mark, "name": "zero"}


def _globe():
    """The unit sphere, by its meridians and parallels."""
    lines = {axis: _numbers(v, 1.0) for axis, v in zip("xyz", sphere_lines(), strict=True)}
    look = {"mode": "lines", "line": {"color": "#B0B0B0", "width": 1}, "hoverinfo": "skip", "showlegend": False}
    return {"type": "scatter3d", "name": "sphere"} | lines | look


def _scale(axis, arrays):
    """(factor, unit) of an axis: the powers of ten of the largest number on it."""
    numbers = [np.asarray(a, dtype=float) for a in arrays]
    finite = np.concatenate([a[np.isfinite(a)] for a in numbers] or [np.zeros(1)])
    largest = float(np.max(np.abs(finite), initial=0.0))
    return scale(largest, axis[1]) if axis[1] else (1.0, "")


def _axis(axis, unit, logarithmic):
    unit = unit.removeprefix("× ")
    title = _text(axis[0]) + (f" ({_text(unit)})" if unit else "")
    return {"title": {"text": title}, "type": "log" if logarithmic else "linear"}


def _hover(curves, x_unit, y_unit, series):
    error = " ± %{error_y.array:.2~g}" if series.error is not None else ""
    lines = (
        f"{_text(curves.x[0])}: %{{x:.5~g}} {_text(x_unit)}",
        f"{_text(series.label or curves.y[0])}: %{{y:.5~g}}{error} {_text(y_unit)}",
    )
    return "<br>".join(lines) + "<extra></extra>"


def _text(label):
    """A label as plotly's text: no tags of its own, and what little mathtext there is as sub- and superscripts."""
    label = html.escape(label, quote=False)

    def mathematics(match):
        inner = re.sub(r"\\([A-Za-z]+)", lambda m: _MATHEMATICAL.get(m[1], m[1]), match[1])
        inner = re.sub(r"_(\{[^}]*\}|.)", lambda m: f"<sub>{m[1].strip('{}')}</sub>", inner)
        return re.sub(r"\^(\{[^}]*\}|.)", lambda m: f"<sup>{m[1].strip('{}')}</sup>", inner)

    return re.sub(r"\$([^$]*)\$", mathematics, label)


def _numbers(values, factor):
    """A list for JSON; what is not finite is a gap."""
    return [float(f"{v:.12g}") if np.isfinite(v) else None for v in np.asarray(values, dtype=float) * factor]


def _script_json(thing):
    """JSON that may stand inside a <script> element."""
    text = json.dumps(thing, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
