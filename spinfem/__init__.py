"""Diffusive spin transport in 2D and 3D nanostructures by finite elements."""

__version__ = "0.1.0"
