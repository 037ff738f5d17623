// title: Lateral non-local spin valve, section along the wire (2D)
//
// A cut through the wire and the two ferromagnetic electrodes on top of it. The depth of the case file is the width of
// the wire; what happens across the wire is averaged. Contacts reach over the whole depth, current enters from above.
//
//      y               injector_end        detector_end
//      |__x             __________          __________
//                      | injector |        | detector |
//              ________|__________|________|__________|________
//   wire_left |                      wire                      | wire_right
//             |________________________________________________|
//                            |<-- separation -->|
//
// Regions: wire, injector, detector. Terminals: wire_left, wire_right, injector_end, detector_end.

SetFactory("OpenCASCADE");

DefineConstant[
  separation = {500, Min 10, Max 10000, Step 10, Name "Device/1separation",
    Label "Separation, centre to centre", Units "nm"}
  wire_thickness = {60, Min 1, Max 500, Step 5, Name "Device/2wire_thickness", Label "Wire thickness", Units "nm"}
  wire_length = {4000, Min 50, Max 50000, Step 100, Name "Device/3wire_length", Label "Wire length", Units "nm"}
  injector_width = {100, Min 5, Max 1000, Step 5, Name "Device/4injector_width", Label "Injector width", Units "nm"}
  detector_width = {100, Min 5, Max 1000, Step 5, Name "Device/5detector_width", Label "Detector width", Units "nm"}
  electrode_thickness = {25, Min 1, Max 500, Step 1, Name "Device/6electrode_thickness",
    Label "Electrode thickness", Units "nm"}
  wire_size = {20, Min 1, Max 1000, Step 5, Name "Mesh/wire_size", Label "Size of cells far from contacts", Units "nm"}
];

If(separation <= (injector_width + detector_width)/2)
  Error("the electrodes overlap: separation has to be larger than half the sum of their widths");
EndIf
If(separation + (injector_width + detector_width)/2 >= wire_length)
  Error("the electrodes reach over the ends of the wire: increase wire_length");
EndIf

Rectangle(1) = {-wire_length/2, 0, 0, wire_length, wire_thickness};
Rectangle(2) = {-separation/2 - injector_width/2, wire_thickness, 0, injector_width, electrode_thickness};
Rectangle(3) = {separation/2 - detector_width/2, wire_thickness, 0, detector_width, electrode_thickness};
BooleanFragments{ Surface{1:3}; Delete; }{}

Physical Surface("wire") = {1};
Physical Surface("injector") = {2};
Physical Surface("detector") = {3};

// The terminals, found by where they are.
e = 1e-3;
top = wire_thickness + electrode_thickness;
left() = Curve In BoundingBox{-wire_length/2 - e, -e, -e, -wire_length/2 + e, top, e};
right() = Curve In BoundingBox{wire_length/2 - e, -e, -e, wire_length/2 + e, top, e};
injector_end() = Curve In BoundingBox{-wire_length/2, top - e, -e, 0, top + e, e};
detector_end() = Curve In BoundingBox{0, top - e, -e, wire_length/2, top + e, e};
Physical Curve("wire_left") = left();
Physical Curve("wire_right") = right();
Physical Curve("injector_end") = injector_end();
Physical Curve("detector_end") = detector_end();

Mesh.MeshSizeMax = wire_size;
