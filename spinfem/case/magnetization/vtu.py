"""Vector fields of finite-element programs: VTK's unstructured grids (.vtu), read and interpolated by VTK.

VTK is imported only when a file is read: it takes a moment.
"""

from contextlib import contextmanager
from functools import cached_property

import numpy as np

from spinfem.case.faults import not_among
from spinfem.case.files import FileFault
from spinfem.case.magnetization.regular_grid import directions

_M, _FILLED = "direction", "filled"
_REACH = 0.5 * (1 + 1e-6)  # of a cell; the last digits are for rounding
_INWARD = 1e-6  # of the way to the middle of a cell: as good as on its surface, and surely inside


class CellMesh:
    """Vectors at the points of a mesh of cells, linear in between. Cells that carry them are averaged to the points.

    Made by `read_vtu`. Only the vectors' directions are kept; where they are zero the mesh is empty.
    """

    def __init__(self, grid, fields, name, unit):
        """grid: vtkUnstructuredGrid; fields: where its vectors are, "point" or "cell"; name: of the array; unit: m."""
        from vtkmodules.util.numpy_support import vtk_to_numpy

        points = vtk_to_numpy(grid.GetPoints().GetData()).astype(float) * unit
        self.extent = np.stack([points.min(axis=0), points.max(axis=0)], axis=1)  # (3, 2), m
        data = grid.GetPointData() if fields == "point" else grid.GetCellData()
        m, filled = directions(vtk_to_numpy(data.GetArray(name)).astype(float).T)
        self.empty = not filled.any()
        # VTK has absolute tolerances: it gets a mesh whose size is of order one.
        self._middle, self._size = points.mean(axis=0), float(np.ptp(points, axis=0).max()) or 1.0
        self._grid = _on_points(grid, (points - self._middle) / self._size, fields, m, filled)
        self._locator = _locator(self._grid)

    def sample(self, points):
        """Vectors (3, n), of any length, and the share (n,) of the mesh that is not empty, at points (3, n), m.

        Up to half a cell outside they are those of the nearest point of the mesh; farther out the share is nan.
        """
        at = (np.asarray(points).T - self._middle) / self._size
        vectors, share, inside = self._probe(at)
        if (outside := np.flatnonzero(~inside)).size:
            near, reached = self._nearest(at[outside])
            vectors[outside], share[outside], inside = self._probe(near)
            share[outside[~(reached & inside)]] = np.nan
        return vectors.T, share

    def _probe(self, at):
        from vtkmodules.util.numpy_support import vtk_to_numpy
        from vtkmodules.vtkCommonDataModel import vtkCellLocatorStrategy, vtkPolyData
        from vtkmodules.vtkFiltersCore import vtkProbeFilter

        cloud = vtkPolyData()
        cloud.SetPoints(_vtk_points(at))
        search = vtkCellLocatorStrategy()
        search.SetCellLocator(self._locator)
        probe = vtkProbeFilter()
        probe.SetFindCellStrategy(search)
        probe.SetInputData(cloud)
        probe.SetSourceData(self._grid)
        probe.Update()
        found = probe.GetOutput().GetPointData()
        arrays = (found.GetArray(name) for name in (_M, _FILLED, probe.GetValidPointMaskArrayName()))
        vectors, share, inside = (vtk_to_numpy(array).copy() for array in arrays)
        return vectors, share, inside.astype(bool)

    def _nearest(self, at):
        """For points (n, 3) outside: the nearest points of the mesh, and whether these are within half a cell."""
        from vtkmodules.vtkCommonCore import reference
        from vtkmodules.vtkCommonDataModel import vtkGenericCell

        middles, sizes = self._boxes
        near, reached = at.copy(), np.zeros(len(at), dtype=bool)
        point, shape, cell, part, square = [0.0, 0.0, 0.0], vtkGenericCell(), reference(0), reference(0), reference(0.0)
        radius = _REACH * sizes.max()
        for i, x in enumerate(at):
            if self._locator.FindClosestPointWithinRadius(x, radius, point, shape, cell, part, square):
                index = int(cell)
                near[i] = point + _INWARD * (middles[index] - point)
                reached[i] = float(square) <= (_REACH * sizes[index]) ** 2  # type: ignore[arg-type]
        return near, reached

    @cached_property
    def _boxes(self):
        """The middle (cells, 3) of the box around each cell, and its longest side (cells,)."""
        bounds = np.array([self._grid.GetCell(i).GetBounds() for i in range(self._grid.GetNumberOfCells())])
        low, high = bounds[:, ::2], bounds[:, 1::2]
        return (low + high) / 2, (high - low).max(axis=1)


def read_vtu(path, field=None, unit=1.0):
    """The CellMesh of one field of a .vtu file.

    field: the name of an array with three components, may be None if there is just one; unit: metres per unit of the
    file's coordinates. Raises FileFault.
    """
    grid = _read(path)
    if grid.GetNumberOfCells() == 0:
        raise FileFault("has no cells")
    known = _vector_fields(grid)
    if not known:
        raise FileFault("has no field with three components")
    if field is None and len(known) > 1:
        raise FileFault(f"the file has several fields with three components; name one of {', '.join(known)}", "field")
    if field is not None and field not in known:
        raise FileFault(not_among(field, known, "field with three components in the file"), "field")
    name = field or next(iter(known))
    return CellMesh(grid, known[name], name, unit)


def _read(path):
    from vtkmodules.vtkIOXML import vtkXMLUnstructuredGridReader

    reader = vtkXMLUnstructuredGridReader()
    reader.SetFileName(str(path))
    with _said() as said:
        reader.Update()
    if words := said():
        raise FileFault(f"cannot be read as .vtu: {words}")
    return reader.GetOutput()


@contextmanager
def _said():
    """What VTK complains about, which otherwise goes to the terminal: a function that gives its first sentence."""
    from vtkmodules.vtkCommonCore import vtkLogger, vtkOutputWindow, vtkStringOutputWindow

    window, before, level = (
        vtkStringOutputWindow(),
        vtkOutputWindow.GetInstance(),
        vtkLogger.GetCurrentVerbosityCutoff(),
    )
    vtkOutputWindow.SetInstance(window)
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    try:
        yield lambda: window.GetOutput().partition("): ")[2].partition("\n")[0]
    finally:
        vtkOutputWindow.SetInstance(before)
        vtkLogger.SetStderrVerbosity(level)


def _vector_fields(grid):
    """Name -> "point" or "cell", of the arrays with three components. A name that stands for both is that of the points."""
    found: dict[str, str] = {}
    for where, data in (("point", grid.GetPointData()), ("cell", grid.GetCellData())):
        for array in (data.GetArray(i) for i in range(data.GetNumberOfArrays())):
            if array is not None and array.GetNumberOfComponents() == 3:
                found.setdefault(array.GetName(), where)
    return found


def _on_points(grid, points, fields, m, filled):
    """The cells of `grid` on other coordinates, with the directions and `filled` at its points."""
    from vtkmodules.vtkCommonDataModel import vtkUnstructuredGrid
    from vtkmodules.vtkFiltersCore import vtkCellDataToPointData

    bare = vtkUnstructuredGrid()
    bare.CopyStructure(grid)
    bare.SetPoints(_vtk_points(points))
    data = bare.GetPointData() if fields == "point" else bare.GetCellData()
    data.AddArray(_array(_M, m.T))
    data.AddArray(_array(_FILLED, filled.astype(float)))
    if fields == "point":
        return bare
    average = vtkCellDataToPointData()
    average.SetInputData(bare)
    average.SetContributingCellOption(vtkCellDataToPointData.DataSetMax)  # not the triangles on its surface
    average.Update()
    return average.GetOutput()


def _locator(grid):
    """What finds the cell that holds a point."""
    from vtkmodules.vtkCommonDataModel import vtkStaticCellLocator

    locator = vtkStaticCellLocator()
    locator.SetDataSet(grid)
    locator.BuildLocator()
    return locator


def _vtk_points(points):
    from vtkmodules.vtkCommonCore import vtkPoints

    found = vtkPoints()
    found.SetData(_array("points", points))
    return found


def _array(name, values):
    from vtkmodules.util.numpy_support import numpy_to_vtk

    array = numpy_to_vtk(np.ascontiguousarray(values), deep=True)
    array.SetName(name)
    return array
