// title: Magnet on a normal film, current along both, section (2D)
//
//       y    ________________________________
//       |__x|             magnet             |
//      left |________________________________| right     y = 0
//           |             normal             |
//           |________________________________|
//
// Both films end in the same two terminals, so the field along them is the same. Cells are small on both sides of the contact, as at
// every contact, and at the lower surface.
//
// Regions: normal, magnet. Terminals: left, right.

SetFactory("OpenCASCADE");

DefineConstant[
  length = {100, Min 1, Max 100000, Step 10, Name "Device/1length", Label "Length of both films", Units "nm"}
  normal_thickness = {6, Min 0.5, Max 1000, Step 0.5, Name "Device/2normal_thickness",
    Label "Thickness of the normal film", Units "nm"}
  magnet_thickness = {4, Min 0.5, Max 1000, Step 0.5, Name "Device/3magnet_thickness",
    Label "Thickness of the magnet", Units "nm"}
  surface_size = {0.8, Min 0.05, Max 1000, Step 0.1, Name "Mesh/surface_size",
    Label "Size of cells at the lower surface", Units "nm"}
];

Rectangle(1) = {-length/2, -normal_thickness, 0, length, normal_thickness};
Rectangle(2) = {-length/2, 0, 0, length, magnet_thickness};
BooleanFragments{ Surface{1:2}; Delete; }{}

Physical Surface("normal") = {1};
Physical Surface("magnet") = {2};

// The terminals, found by where they are.
e = 1e-3;
left() = Curve In BoundingBox{-length/2 - e, -normal_thickness - e, -e, -length/2 + e, magnet_thickness + e, e};
right() = Curve In BoundingBox{length/2 - e, -normal_thickness - e, -e, length/2 + e, magnet_thickness + e, e};
Physical Curve("left") = left();
Physical Curve("right") = right();

Field[1] = MathEval;
Field[1].F = Sprintf("%g + 0.3*Fabs(y + %g)", surface_size, normal_thickness);
