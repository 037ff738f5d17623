"""Quantities that are read off a solution, one file each."""

import sys

from spinfem.case.plugins import import_all

import_all(sys.modules[__name__])
