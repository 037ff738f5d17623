"""What can be read off a solution: one file for each quantity, found by its `kind`."""

import sys

from spinfem.case.plugins import import_all

import_all(sys.modules[__name__])
