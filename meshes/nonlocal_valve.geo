// title: Lateral non-local spin valve
//
// A normal wire along x and two ferromagnetic electrodes that cross on top of it.
//
//                 injector_end   detector_end
//                      _|_            _|_
//           y          | |            | |
//           |__x   ____|_|____________|_|____
//      wire_left  |    | |            | |    |  wire_right
//                 |____|_|____________|_|____|      (wire below, z < wire_thickness;
//                      | |            | |            electrodes above)
//                      |_|            |_|
//                       |<-separation->|
//
// Regions: wire, injector, detector. Terminals: wire_left, wire_right, injector_end, detector_end.

SetFactory("OpenCASCADE");

DefineConstant[
  separation = {500, Min 10, Max 10000, Step 10, Name "Device/1separation",
    Label "Separation, centre to centre", Units "nm"}
  wire_width = {100, Min 5, Max 1000, Step 5, Name "Device/2wire_width", Label "Wire width", Units "nm"}
  wire_thickness = {60, Min 1, Max 500, Step 5, Name "Device/3wire_thickness", Label "Wire thickness", Units "nm"}
  wire_length = {4000, Min 50, Max 50000, Step 100, Name "Device/4wire_length", Label "Wire length", Units "nm"}
  injector_width = {100, Min 5, Max 1000, Step 5, Name "Device/5injector_width", Label "Injector width", Units "nm"}
  detector_width = {100, Min 5, Max 1000, Step 5, Name "Device/6detector_width", Label "Detector width", Units "nm"}
  electrode_thickness = {25, Min 1, Max 500, Step 1, Name "Device/7electrode_thickness",
    Label "Electrode thickness", Units "nm"}
  electrode_length = {1000, Min 10, Max 10000, Step 50, Name "Device/8electrode_length",
    Label "Electrode length", Units "nm"}
  wire_size = {40, Min 1, Max 1000, Step 5, Name "Mesh/wire_size", Label "Size of cells far from contacts", Units "nm"}
];

If(separation <= (injector_width + detector_width)/2)
  Error("the electrodes overlap: separation has to be larger than half the sum of their widths");
EndIf
If(separation + (injector_width + detector_width)/2 >= wire_length)
  Error("the electrodes reach over the ends of the wire: increase wire_length");
EndIf
If(electrode_length <= wire_width)
  Error("the electrodes do not reach across the wire: electrode_length has to be larger than wire_width");
EndIf

Box(1) = {-wire_length/2, -wire_width/2, 0, wire_length, wire_width, wire_thickness};
Box(2) = {-separation/2 - injector_width/2, -electrode_length/2, wire_thickness,
          injector_width, electrode_length, electrode_thickness};
Box(3) = {separation/2 - detector_width/2, -electrode_length/2, wire_thickness,
          detector_width, electrode_length, electrode_thickness};
BooleanFragments{ Volume{1:3}; Delete; }{}

Physical Volume("wire") = {1};
Physical Volume("injector") = {2};
Physical Volume("detector") = {3};

// The end faces, found by where they are.
e = 1e-3;
top = wire_thickness + electrode_thickness;
left() = Surface In BoundingBox{-wire_length/2 - e, -wire_width, -e, -wire_length/2 + e, wire_width, top};
right() = Surface In BoundingBox{wire_length/2 - e, -wire_width, -e, wire_length/2 + e, wire_width, top};
injector_end() = Surface In BoundingBox{
  -wire_length/2, electrode_length/2 - e, -e, 0, electrode_length/2 + e, top + e};
detector_end() = Surface In BoundingBox{
  0, electrode_length/2 - e, -e, wire_length/2, electrode_length/2 + e, top + e};
Physical Surface("wire_left") = left();
Physical Surface("wire_right") = right();
Physical Surface("injector_end") = injector_end();
Physical Surface("detector_end") = detector_end();

Mesh.MeshSizeMax = wire_size;
