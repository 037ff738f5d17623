// title: Lateral spin valve with an absorbing wire
//
// A normal wire along x, two ferromagnetic electrodes that cross on top of it, and between them a wire that crosses below
// and absorbs spins.
//
//                 injector_end  absorber_end  detector_end
//                      _|_          _|_           _|_
//           y          | |          : :           | |
//           |__x   ____|_|__________:_:___________|_|____
//      wire_left  |    | |          : :           | |    |  wire_right
//                 |____|_|__________:_:___________|_|____|      (wire: 0 < z < wire_thickness;
//                      | |          : :           | |            electrodes above, absorber below)
//                      |_|          : :           |_|
//                                    |
//                              absorber_start
//                       |<------ separation ------>|
//
// Regions: wire, injector, detector, absorber. Terminals: wire_left, wire_right, injector_end, detector_end, absorber_start (at the
// lower end in y), absorber_end.

SetFactory("OpenCASCADE");

DefineConstant[
  separation = {600, Min 10, Max 10000, Step 10, Name "Device/1separation",
    Label "Separation of the electrodes, centre to centre", Units "nm"}
  wire_width = {100, Min 5, Max 1000, Step 5, Name "Device/2wire_width", Label "Wire width", Units "nm"}
  wire_thickness = {60, Min 1, Max 500, Step 5, Name "Device/3wire_thickness", Label "Wire thickness", Units "nm"}
  wire_length = {2400, Min 50, Max 50000, Step 100, Name "Device/4wire_length", Label "Wire length", Units "nm"}
  electrode_width = {100, Min 5, Max 1000, Step 5, Name "Device/5electrode_width",
    Label "Width of both electrodes", Units "nm"}
  electrode_thickness = {25, Min 1, Max 500, Step 1, Name "Device/6electrode_thickness",
    Label "Electrode thickness", Units "nm"}
  electrode_length = {400, Min 10, Max 10000, Step 50, Name "Device/7electrode_length",
    Label "Electrode length", Units "nm"}
  absorber_width = {100, Min 5, Max 1000, Step 5, Name "Device/8absorber_width", Label "Width of the absorber", Units "nm"}
  absorber_thickness = {20, Min 1, Max 500, Step 1, Name "Device/9absorber_thickness",
    Label "Thickness of the absorber", Units "nm"}
  absorber_length = {400, Min 10, Max 10000, Step 50, Name "Device/10absorber_length",
    Label "Length of the absorber", Units "nm"}
  wire_size = {40, Min 1, Max 1000, Step 5, Name "Mesh/wire_size", Label "Size of cells far from contacts", Units "nm"}
];

If(separation <= electrode_width + absorber_width)
  Error("the absorber lies under an electrode: separation has to be larger than electrode_width + absorber_width");
EndIf
If(separation + electrode_width >= wire_length)
  Error("the electrodes reach over the ends of the wire: increase wire_length");
EndIf
If(electrode_length <= wire_width)
  Error("the electrodes do not reach across the wire: electrode_length has to be larger than wire_width");
EndIf
If(absorber_length <= wire_width)
  Error("the absorber does not reach across the wire: absorber_length has to be larger than wire_width");
EndIf

top = wire_thickness + electrode_thickness;
Box(1) = {-wire_length/2, -wire_width/2, 0, wire_length, wire_width, wire_thickness};
Box(2) = {-separation/2 - electrode_width/2, -electrode_length/2, wire_thickness,
          electrode_width, electrode_length, electrode_thickness};
Box(3) = {separation/2 - electrode_width/2, -electrode_length/2, wire_thickness,
          electrode_width, electrode_length, electrode_thickness};
Box(4) = {-absorber_width/2, -absorber_length/2, -absorber_thickness, absorber_width, absorber_length, absorber_thickness};
BooleanFragments{ Volume{1:4}; Delete; }{}

Physical Volume("wire") = {1};
Physical Volume("injector") = {2};
Physical Volume("detector") = {3};
Physical Volume("absorber") = {4};

// The end faces, found by where they are.
e = 1e-3;
left() = Surface In BoundingBox{-wire_length/2 - e, -wire_width, -e, -wire_length/2 + e, wire_width, top};
right() = Surface In BoundingBox{wire_length/2 - e, -wire_width, -e, wire_length/2 + e, wire_width, top};
injector_end() = Surface In BoundingBox{
  -wire_length/2, electrode_length/2 - e, wire_thickness - e, 0, electrode_length/2 + e, top + e};
detector_end() = Surface In BoundingBox{
  0, electrode_length/2 - e, wire_thickness - e, wire_length/2, electrode_length/2 + e, top + e};
absorber_start() = Surface In BoundingBox{-absorber_width/2 - e, -absorber_length/2 - e, -absorber_thickness - e,
  absorber_width/2 + e, -absorber_length/2 + e, e};
absorber_end() = Surface In BoundingBox{-absorber_width/2 - e, absorber_length/2 - e, -absorber_thickness - e,
  absorber_width/2 + e, absorber_length/2 + e, e};
Physical Surface("wire_left") = left();
Physical Surface("wire_right") = right();
Physical Surface("injector_end") = injector_end();
Physical Surface("detector_end") = detector_end();
Physical Surface("absorber_start") = absorber_start();
Physical Surface("absorber_end") = absorber_end();

Mesh.MeshSizeMax = wire_size;
