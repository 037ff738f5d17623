"""Closed formulas beside the full model: one file each, which says whether it fits a case and what it predicts."""
