"""How a bare machine gets a Python that imports DOLFINx. Standard library only: nothing is installed yet when this runs."""
