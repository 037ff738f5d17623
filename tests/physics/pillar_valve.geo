// title: Lateral valve with pillars
//
// A straight wire along x and two ferromagnetic pillars of its full width on top, contacted from above: the geometry in which
// the one-dimensional formula is meant. Regions and terminals as in nonlocal_valve.geo.

SetFactory("OpenCASCADE");

DefineConstant[
  separation = {300, Name "Device/separation", Units "nm"}
  contact_width = {20, Name "Device/contact_width", Units "nm"}
  wire_width = {40, Name "Device/wire_width", Units "nm"}
  wire_thickness = {30, Name "Device/wire_thickness", Units "nm"}
  wire_length = {6000, Name "Device/wire_length", Units "nm"}
  pillar_height = {80, Name "Device/pillar_height", Units "nm"}
  wire_size = {40, Name "Mesh/wire_size", Units "nm"}
];

Box(1) = {-wire_length/2, 0, 0, wire_length, wire_width, wire_thickness};
Box(2) = {-separation/2 - contact_width/2, 0, wire_thickness, contact_width, wire_width, pillar_height};
Box(3) = {separation/2 - contact_width/2, 0, wire_thickness, contact_width, wire_width, pillar_height};
BooleanFragments{ Volume{1:3}; Delete; }{}
Physical Volume("wire") = {1};
Physical Volume("injector") = {2};
Physical Volume("detector") = {3};

e = 1e-3;
top = wire_thickness + pillar_height;
Physical Surface("wire_left") = {Surface In BoundingBox{-wire_length/2 - e, -e, -e, -wire_length/2 + e, wire_width + e, top}};
Physical Surface("wire_right") = {Surface In BoundingBox{wire_length/2 - e, -e, -e, wire_length/2 + e, wire_width + e, top}};
Physical Surface("injector_end") = {Surface In BoundingBox{-wire_length/2, -e, top - e, 0, wire_width + e, top + e}};
Physical Surface("detector_end") = {Surface In BoundingBox{0, -e, top - e, wire_length/2, wire_width + e, top + e}};
Mesh.MeshSizeMax = wire_size;
