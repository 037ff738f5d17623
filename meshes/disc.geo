// title: Disc on a wire, beside an electrode that injects
//
// A normal wire along x, a ferromagnetic electrode that crosses on top of it, and a round disc on top of it that nothing else touches: a magnet with a
// vortex, a pillar, an island that absorbs.
//
//                 injector_end
//                      _|_
//           y          | |             disc_radius
//           |__x   ____|_|__________.---._________
//      wire_left  |    | |         (     )        |  wire_right
//                 |____|_|__________'---'_________|
//                      | |            |
//                      |_|            |
//                       |<-separation->|
//
// The middle of the wire is x = 0, half-way between electrode and disc. A disc may be wider than the wire. Regions: wire, injector, disc.
// Terminals: wire_left, wire_right, injector_end, disc_top (its upper face).

SetFactory("OpenCASCADE");

DefineConstant[
  separation = {400, Min 1, Max 100000, Step 10, Name "Device/1separation",
    Label "Separation of electrode and disc, centre to centre", Units "nm"}
  wire_width = {200, Min 1, Max 10000, Step 5, Name "Device/2wire_width", Label "Wire width", Units "nm"}
  wire_thickness = {60, Min 1, Max 1000, Step 5, Name "Device/3wire_thickness", Label "Wire thickness", Units "nm"}
  wire_length = {3000, Min 5, Max 100000, Step 100, Name "Device/4wire_length", Label "Wire length", Units "nm"}
  injector_width = {100, Min 1, Max 10000, Step 5, Name "Device/5injector_width", Label "Injector width", Units "nm"}
  injector_thickness = {25, Min 1, Max 1000, Step 1, Name "Device/6injector_thickness",
    Label "Injector thickness", Units "nm"}
  injector_length = {500, Min 1, Max 100000, Step 50, Name "Device/7injector_length", Label "Injector length", Units "nm"}
  disc_radius = {75, Min 1, Max 10000, Step 5, Name "Device/8disc_radius", Label "Radius of the disc", Units "nm"}
  disc_thickness = {25, Min 1, Max 1000, Step 1, Name "Device/9disc_thickness", Label "Thickness of the disc", Units "nm"}
  wire_size = {60, Min 0.1, Max 1000, Step 5, Name "Mesh/wire_size", Label "Size of cells far from contacts", Units "nm"}
];

If(separation <= injector_width/2 + disc_radius)
  Error("the disc touches the electrode: separation has to be larger than half its width and disc_radius");
EndIf
If(separation/2 + Max(injector_width/2, disc_radius) >= wire_length/2)
  Error("the electrode or the disc reaches over an end of the wire: increase wire_length");
EndIf
If(injector_length <= wire_width)
  Error("the electrode does not reach across the wire: injector_length has to be larger than wire_width");
EndIf

Box(1) = {-wire_length/2, -wire_width/2, 0, wire_length, wire_width, wire_thickness};
Box(2) = {-separation/2 - injector_width/2, -injector_length/2, wire_thickness,
          injector_width, injector_length, injector_thickness};
Cylinder(3) = {separation/2, 0, wire_thickness, 0, 0, disc_thickness, disc_radius};
BooleanFragments{ Volume{1:3}; Delete; }{}

Physical Volume("wire") = {1};
Physical Volume("injector") = {2};
Physical Volume("disc") = {3};

// The terminals, found by where they are.
e = 1e-3;
top = wire_thickness + injector_thickness + disc_thickness;
left() = Surface In BoundingBox{-wire_length/2 - e, -wire_width, -e, -wire_length/2 + e, wire_width, top};
right() = Surface In BoundingBox{wire_length/2 - e, -wire_width, -e, wire_length/2 + e, wire_width, top};
injector_end() = Surface In BoundingBox{-wire_length/2, injector_length/2 - e, wire_thickness - e,
  separation/2 - disc_radius, injector_length/2 + e, wire_thickness + injector_thickness + e};
high = wire_thickness + disc_thickness;
disc_top() = Surface In BoundingBox{separation/2 - disc_radius - e, -disc_radius - e, high - e,
  separation/2 + disc_radius + e, disc_radius + e, high + e};
Physical Surface("wire_left") = left();
Physical Surface("wire_right") = right();
Physical Surface("injector_end") = injector_end();
Physical Surface("disc_top") = disc_top();

Mesh.MeshSizeMax = wire_size;
