"""What a case says, without solving anything."""

from spinfem.commands.common import CaseFile, Overrides, Plugins, fail, print_parts, read, with_plugins
from spinfem.commands.sweep import refuse_bad_points
from spinfem.tty import console


def check(case_file: CaseFile, overrides: Overrides = None, plugins: Plugins = None) -> None:
    """Read and explain a case; solve nothing.

    Example: spinfem check cases/nonlocal_valve.yaml --set regions.wire.material="Cu @ 300 K"
    """
    from spinfem.batch.points import idle_axes, points_of
    from spinfem.geometry.forecast import expected_cells
    from spinfem.geometry.idle import idle_warnings
    from spinfem.geometry.scale import scale_of_outline, scale_warnings
    from spinfem.output.check import description

    case, outline = read(case_file, with_plugins(overrides, plugins))
    if case.sweep.axes:
        refuse_bad_points(case)
    doubts = list(
        scale_warnings(case, scale_of_outline(case, outline))
    )  # in a wrong unit a mesh may have any number of cells
    print_parts(description(case, outline, None if doubts else expected_cells(case, outline)))
    console().print("ok", style="green")
    for warning in [*doubts, *idle_axes(points_of(case.source)), *idle_warnings(case, outline.dimension)]:
        fail(f"warning: {warning}")
