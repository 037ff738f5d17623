"""Two boxes on top of each other, as Gmsh draws them, without names."""

import gmsh


def draw_two_boxes(path, size=None):
    """Write volumes of 6000 and 500, meshed, into a file of any of Gmsh's formats; needs an open session."""
    gmsh.model.occ.addBox(0, 0, 0, 30, 10, 20)
    gmsh.model.occ.addBox(10, 0, 20, 10, 10, 5)
    gmsh.model.occ.fragment([(3, 1)], [(3, 2)])
    gmsh.model.occ.synchronize()
    if size:
        gmsh.option.setNumber("Mesh.MeshSizeMax", size)
    gmsh.option.setNumber("Mesh.SaveAll", 1)
    gmsh.model.mesh.generate(3)
    gmsh.write(str(path))
