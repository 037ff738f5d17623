"""Types of interface, one file each."""

import sys

from spinfem.case.plugins import import_all

import_all(sys.modules[__name__])
