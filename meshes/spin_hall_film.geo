// title: Film with a current along it, section (2D)
//
//       y
//       |__x ________________________________
//           |                                |
//      left |              film              | right
//           |________________________________|   y = 0 in the middle
//
// What happens at the surfaces of a film, within a spin diffusion length of them, needs fine cells there.
//
// Region: film. Terminals: left, right, and bottom and top, its surfaces, for magnets that cover them.

SetFactory("OpenCASCADE");

DefineConstant[
  length = {100, Min 1, Max 100000, Step 10, Name "Device/1length", Label "Length of the film", Units "nm"}
  thickness = {20, Min 0.5, Max 10000, Step 1, Name "Device/2thickness", Label "Thickness of the film", Units "nm"}
  surface_size = {1, Min 0.05, Max 1000, Step 0.1, Name "Mesh/1surface_size",
    Label "Size of cells at the two surfaces", Units "nm"}
  film_size = {5, Min 0.05, Max 1000, Step 1, Name "Mesh/2film_size", Label "Size of cells in the middle", Units "nm"}
];

If(film_size < surface_size)
  Error("film_size has to be at least surface_size: cells are smallest at the surfaces");
EndIf

Rectangle(1) = {-length/2, -thickness/2, 0, length, thickness};
Physical Surface("film") = {1};

// The terminals, found by where they are.
e = 1e-3;
left() = Curve In BoundingBox{-length/2 - e, -thickness/2 - e, -e, -length/2 + e, thickness/2 + e, e};
right() = Curve In BoundingBox{length/2 - e, -thickness/2 - e, -e, length/2 + e, thickness/2 + e, e};
Physical Curve("left") = left();
Physical Curve("right") = right();
Physical Curve("bottom") = Curve In BoundingBox{-length/2 - e, -thickness/2 - e, -e, length/2 + e, -thickness/2 + e, e};
Physical Curve("top") = Curve In BoundingBox{-length/2 - e, thickness/2 - e, -e, length/2 + e, thickness/2 + e, e};

Field[1] = MathEval; // growing from the nearer surface
Field[1].F = Sprintf("Min(%g, %g + 0.3*(%g - Fabs(y)))", film_size, surface_size, thickness/2);

Mesh.MeshSizeMax = film_size;
