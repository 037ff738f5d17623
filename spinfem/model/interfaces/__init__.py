"""What can happen where two regions touch: one file for each type of interface, found by its `type`."""

import sys

from spinfem.case.plugins import import_all

import_all(sys.modules[__name__])
