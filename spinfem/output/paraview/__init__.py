"""A Python file that opens results in ParaView."""

from spinfem.output.paraview.script import SCRIPT, NothingToShow, write_script

__all__ = ["SCRIPT", "NothingToShow", "write_script"]
