"""How a bare machine gets a Python that imports DOLFINx. Standard library only: nothing else is there yet."""
