"""What Python is too slow for: the functions of kernels.c, compiled once and kept where FFCx keeps its forms."""

import hashlib
import importlib.util
import re
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

import cffi
import numpy as np
from dolfinx import jit
from mpi4py import MPI

from spinfem.algebra.compiling import compiling

_SOURCE = Path(__file__).with_name("kernels.c")
_FLAGS = ["-O3", "-ffast-math"]
_C_TYPES = {
    np.dtype(float): "double *",
    np.dtype(np.int8): "int8_t *",
    np.dtype(np.int32): "int32_t *",
    np.dtype(np.int64): "int64_t *",
}


@cache
def _library():
    """(ffi, lib) of kernels.c. Each rank looks for itself; whoever has the lock first compiles."""
    source = _SOURCE.read_text()
    name = "spinfem_kernels_" + hashlib.sha256(f"{source}{_FLAGS}{cffi.__version__}".encode()).hexdigest()[:16]
    folder = Path(jit.get_options()["cache_dir"])
    path = folder / (name + sysconfig.get_config_var("EXT_SUFFIX"))
    if not path.exists():  # else there is nobody to wait for
        with compiling(MPI.COMM_SELF):
            if not path.exists():
                _compile(name, source, path)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ffi, module.lib


def _compile(name, source, path):
    """Beside the cache and then into it in one step: nobody finds half a library."""
    ffi = cffi.FFI()
    ffi.cdef("".join(re.findall(r"^void [^{]*", source, re.MULTILINE)).replace(")\n", ");\n"))
    ffi.set_source(name, source, extra_compile_args=_FLAGS)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        Path(ffi.compile(tmpdir=folder)).replace(path)


def call(name, *arguments):
    """Call spinfem_`name` with numbers and contiguous arrays (None: no array; a list: arrays of floats)."""
    ffi, lib = _library()
    return getattr(lib, f"spinfem_{name}")(*(_as_c(ffi, argument) for argument in arguments))


def _as_c(ffi, argument):
    if argument is None:
        return ffi.NULL
    if isinstance(argument, list):
        return ffi.new("double *[]", [_as_c(ffi, array) for array in argument])
    if isinstance(argument, np.ndarray):
        return ffi.cast(_C_TYPES[argument.dtype], ffi.from_buffer(argument))
    return argument
