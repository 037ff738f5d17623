"""Gmsh, loaded when something of it is first asked for: that takes a fifth of a second, and layers are meshed without it."""


def __getattr__(name):
    import gmsh

    return getattr(gmsh, name)
