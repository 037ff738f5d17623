// title: Magnetic pillar whose upper lead may flare (2D)
//
// Two magnets and a spacer, cut along the current: a straight lead below, and above a lead that is as wide as the pillar or wider. The depth
// of the case file is the size of all of it across the plane.
//
//      y                         lead_end
//      |__x            ________________________
//                     |                        |
//                     |          lead          |  lead_length
//                     |                        |
//                     |________________________|
//                             |__free__|
//                             | spacer |
//                             |_fixed__|
//                             |        |
//                             |  foot  |  foot_length
//                             |________|
//                              foot_end
//
// Regions: foot, fixed, spacer, free, lead. Terminals: foot_end, lead_end.

SetFactory("OpenCASCADE");

DefineConstant[
  pillar_width = {100, Min 5, Max 5000, Step 10, Name "Device/1pillar_width", Label "Width of the pillar", Units "nm"}
  lead_width = {1000, Min 5, Max 50000, Step 100, Name "Device/2lead_width",
    Label "Width of the upper lead", Units "nm"}
  fixed_thickness = {20, Min 0.5, Max 500, Step 1, Name "Device/3fixed_thickness",
    Label "Thickness of the fixed layer", Units "nm"}
  spacer_thickness = {6, Min 0.5, Max 500, Step 1, Name "Device/4spacer_thickness",
    Label "Thickness of the spacer", Units "nm"}
  free_thickness = {3, Min 0.5, Max 500, Step 1, Name "Device/5free_thickness",
    Label "Thickness of the free layer", Units "nm"}
  foot_length = {1500, Min 1, Max 50000, Step 100, Name "Device/6foot_length", Label "Length of the lower lead", Units "nm"}
  lead_length = {1500, Min 1, Max 50000, Step 100, Name "Device/7lead_length", Label "Length of the upper lead", Units "nm"}
  lead_size = {60, Min 1, Max 1000, Step 5, Name "Mesh/lead_size", Label "Size of cells far from the pillar", Units "nm"}
];

If(lead_width < pillar_width)
  Error("lead_width has to be at least pillar_width");
EndIf

heights() = {foot_length, fixed_thickness, spacer_thickness, free_thickness, lead_length};
widths() = {pillar_width, pillar_width, pillar_width, pillar_width, lead_width};
y = -foot_length;
For i In {0:4}
  Rectangle(1 + i) = {-widths(i)/2, y, 0, widths(i), heights(i)};
  y += heights(i);
EndFor
BooleanFragments{ Surface{1:5}; Delete; }{}

Physical Surface("foot") = {1};
Physical Surface("fixed") = {2};
Physical Surface("spacer") = {3};
Physical Surface("free") = {4};
Physical Surface("lead") = {5};

e = 1e-3;
foot_end() = Curve In BoundingBox{-pillar_width/2 - e, -foot_length - e, -e, pillar_width/2 + e, -foot_length + e, e};
lead_end() = Curve In BoundingBox{-lead_width/2 - e, y - e, -e, lead_width/2 + e, y + e, e};
Physical Curve("foot_end") = foot_end();
Physical Curve("lead_end") = lead_end();

Mesh.MeshSizeMax = lead_size;
