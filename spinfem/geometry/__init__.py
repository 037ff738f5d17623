"""From a drawing (a parametric Gmsh script, a mesh file, a CAD file) to a distributed mesh with names on it."""
