"""Vector fields of OOMMF, mumax3 and others: the OVF formats 1.0 and 2.0 on rectangular meshes.

Source: OOMMF User's Guide, "Vector field file format (OVF)", https://math.nist.gov/oommf/doc/.
"""

from pathlib import Path

import numpy as np

from spinfem.case.files import FileFault
from spinfem.case.magnetization.regular_grid import RegularGrid
from spinfem.case.quantity import converted, unit_of

_CONTROL = {4: 1234567.0, 8: 123456789012345.0}  # the first number of binary data, by its bytes
_NUMBERS = {float: "a number", int: "a whole number"}
_VERSIONS = {"oommfovf2.0": 2, "oommf:rectangularmeshv1.0": 1, "oommf:irregularmeshv1.0": 1}


def read_ovf(path, unit=None):
    """The RegularGrid of an OVF file, in metres.

    unit: metres per unit of the mesh, for a file that does not tell its `meshunit`. Raises FileFault.
    """
    contents = Path(path).read_bytes()
    header, representation, start = _header(contents)
    if header.get("meshtype", "rectangular").lower() != "rectangular":
        raise FileFault(f"has a mesh of the type {header['meshtype']}; only rectangular is read")
    if header.get("segmentcount", "1").lstrip("0") != "1":
        raise FileFault(f"has {header['segmentcount']} segments; a file with one is read")
    if header["version"] == 2 and _number(header, "valuedim", int) != 3:
        raise FileFault(f"has {header['valuedim']} values in each cell; a magnetization has 3")
    counts = [_positive(header, f"{axis}nodes", int) for axis in "xyz"]
    values = _values(contents, start, representation, 3 * int(np.prod(counts)))
    metres = _metres(header.get("meshunit", ""), unit)
    return RegularGrid(
        base=np.array([_base(header, axis) for axis in "xyz"]) * metres,
        step=np.array([_positive(header, f"{axis}stepsize") for axis in "xyz"]) * metres,
        vectors=values.reshape(*counts[::-1], 3).T,  # x runs fastest
    )


def ovf_text(title, unit, low, step, vectors) -> str:
    """An OVF 2.0 file, as text, of vectors (3, nx, ny, nz) that count in `unit`, on cells of size `step` from the corner `low` on, (3,), m."""
    counts = vectors.shape[1:]
    lines = ["# OOMMF OVF 2.0", "# Segment count: 1", "# Begin: Segment", "# Begin: Header", f"# Title: {title}"]
    lines += ["# meshtype: rectangular", "# meshunit: m"]
    for axis, start, size, count in zip("xyz", low, step, counts, strict=True):
        lines += [
            f"# {axis}min: {start!r}",
            f"# {axis}max: {start + size * count!r}",
            f"# {axis}base: {start + size / 2!r}",
        ]
        lines += [f"# {axis}nodes: {count}", f"# {axis}stepsize: {size!r}"]
    labels = " ".join(f"{title}_{axis}" for axis in "xyz")
    lines += [
        "# valuedim: 3",
        f"# valuelabels: {labels}",
        f"# valueunits: {unit} {unit} {unit}",
        "# End: Header",
        "# Begin: Data Text",
    ]
    lines += [" ".join(map(repr, row)) for row in vectors.T.reshape(-1, 3).tolist()]  # x runs fastest
    return "\n".join([*lines, "# End: Data Text", "# End: Segment", ""])


def _header(contents):
    """Label -> value, how the data are represented, and where they start."""
    first, _, _ = contents[:200].partition(b"\n")
    version = _VERSIONS.get(_label(first.decode("ascii", "replace")))
    if version is None:
        raise FileFault('is not an OVF file: its first line must be "# OOMMF OVF 2.0", or that of version 1.0')
    header: dict = {"version": version}
    start = 0
    while (end := contents.find(b"\n", start)) >= 0:
        line = contents[start:end].decode("utf-8", "replace").partition("##")[0]
        label, _, value = line.partition(":")
        label, value, start = _label(label), value.strip(), end + 1
        if label == "begin" and value.lower().startswith("data"):
            return header, value.lower().split()[1:], start
        header.setdefault(label, value)
    raise FileFault("is incomplete: it has no data")


def _label(text):
    """Case, spaces and tabs do not count in a label."""
    return "".join(text.lstrip("# \t").split()).lower()


def _number(header, label, kind=float):
    if label not in header:
        raise FileFault(f"is incomplete: its header has no {label}")
    try:
        number = kind(header[label])
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise FileFault(f"has a header with {label}: {header[label]}, which is not {_NUMBERS[kind]}")
    return number


def _positive(header, label, kind=float):
    number = _number(header, label, kind)
    if number <= 0:
        raise FileFault(f"has a header with {label}: {header[label]}; it must be greater than 0")
    return number


def _base(header, axis):
    """The centre of the first cell. Some programs give only where the cells begin."""
    if f"{axis}base" not in header and f"{axis}min" in header:
        return _number(header, f"{axis}min") + _positive(header, f"{axis}stepsize") / 2
    return _number(header, f"{axis}base")


def _metres(label, unit):
    """Metres per unit of the mesh, from its label (`m`, `nm`) or else from the case file."""
    try:
        known = unit_of(label)
        told = known.is_compatible_with("m")
    except ValueError:
        told = False
    if told and unit is not None:
        raise FileFault(f"the file tells its unit itself (meshunit: {label}); leave this out", "unit")
    if not told and unit is None:
        raise FileFault(f'does not tell its unit (meshunit: "{label}"); give it, e.g. {{file: ..., unit: 1 nm}}')
    return converted(1, known, "m") if told else unit


def _values(contents, start, representation, count):
    """The data as float64, (count,)."""
    match representation:
        case ["text"]:
            return _text(contents[start:], count)
        case ["binary", "4" | "8" as size]:
            return _binary(contents[start:], int(size), count)
    raise FileFault(f"has data as {' '.join(representation) or 'nothing'}; read are text, binary 4 and binary 8")


def _text(data, count):
    lines = data.decode("ascii", "replace").splitlines()
    end = next((i for i, line in enumerate(lines) if _label(line).startswith("end:data")), len(lines))
    words = [word for line in lines[:end] for word in line.partition("#")[0].split()]
    if len(words) != count:
        raise FileFault(f"has {len(words)} numbers where its mesh needs {count}")
    try:
        return np.array(words, dtype=float)
    except ValueError as error:
        raise FileFault(f"has data that are not numbers: {error}") from None


def _binary(data, size, count):
    if len(data) < size * (1 + count):
        raise FileFault(f"is incomplete: its mesh needs {count} numbers of {size} bytes, it has {len(data) // size}")
    for order in "<>":  # 2.0 is little-endian, 1.0 big-endian; the control number tells it more surely
        numbers = np.frombuffer(data, f"{order}f{size}", 1 + count)
        if numbers[0] == _CONTROL[size]:
            return numbers[1:].astype(float)
    raise FileFault(f"is damaged: its binary data do not begin with the control number {_CONTROL[size]:.1f}")
