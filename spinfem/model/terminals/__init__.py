"""Conditions at terminals, one file each."""
