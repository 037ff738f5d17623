"""Quantities that are read off a solution, one file each."""
