"""Closed formulas of the field, to compare with and to start from. They know nothing of meshes."""
