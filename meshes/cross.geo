// title: Cross, with up to two electrodes
//
// A film cut to a cross of two wires. A ferromagnetic electrode may cross the left wire on top of it, another one the right wire: spins that
// come from one are read by the arms (inverse spin Hall effect) or by the other.
//
//                injector_end    upper    detector_end
//                     _|_         _|_         _|_
//           y         | |        |   |        | |
//           |__x   ___|_|________|   |________|_|___
//           left  |   | |                     | |   |  right       (cross below, z < thickness; electrodes above)
//                 |___|_|________     ________|_|___|
//                     | |        |   |        | |
//                     |_|        |_ _|        |_|
//                      |           |
//                      |         lower
//                      |<-distance->|
//
// The middle is x = y = 0. Regions: cross; injector where electrodes is 1 or 2; detector where it is 2.
// Terminals: left, right, upper, lower; injector_end, detector_end; without electrodes the faces bottom (z = 0) and top, for what a
// film exchanges there with something that is not drawn.

SetFactory("OpenCASCADE");

DefineConstant[
  electrodes = {0, Min 0, Max 2, Step 1, Name "Device/1electrodes",
    Label "Electrodes: 0, 1 (injector), 2 (and detector)"}
  wire_width = {100, Min 1, Max 1000000, Step 10, Name "Device/2wire_width", Label "Width of the wire along x", Units "nm"}
  wire_length = {2000, Min 5, Max 1000000, Step 100, Name "Device/3wire_length",
    Label "Length of the wire along x", Units "nm"}
  arm_width = {100, Min 1, Max 1000000, Step 10, Name "Device/4arm_width", Label "Width of the arms along y", Units "nm"}
  arm_length = {500, Min 1, Max 1000000, Step 50, Name "Device/5arm_length",
    Label "Length of an arm, from the edge of the wire", Units "nm"}
  thickness = {50, Min 0.5, Max 10000, Step 5, Name "Device/6thickness", Label "Thickness of the cross", Units "nm"}
  injector_distance = {300, Min 1, Max 1000000, Step 10, Name "Electrodes/1injector_distance",
    Label "From the injector to the middle of the cross, centre to centre", Units "nm"}
  detector_distance = {300, Min 1, Max 1000000, Step 10, Name "Electrodes/2detector_distance",
    Label "From the middle of the cross to the detector, centre to centre", Units "nm"}
  injector_width = {100, Min 1, Max 1000000, Step 10, Name "Electrodes/3injector_width",
    Label "Injector width", Units "nm"}
  detector_width = {100, Min 1, Max 1000000, Step 10, Name "Electrodes/4detector_width",
    Label "Detector width", Units "nm"}
  electrode_thickness = {25, Min 0.5, Max 10000, Step 1, Name "Electrodes/5electrode_thickness",
    Label "Thickness of the electrodes", Units "nm"}
  electrode_length = {400, Min 1, Max 1000000, Step 50, Name "Electrodes/6electrode_length",
    Label "Length of the electrodes", Units "nm"}
  wire_size = {50, Min 0.1, Max 100000, Step 5, Name "Mesh/wire_size", Label "Size of cells far from contacts", Units "nm"}
];

If(electrodes != Floor(electrodes))
  Error("electrodes has to be 0, 1 or 2");
EndIf
If(arm_width >= wire_length)
  Error("the arms are wider than the wire is long: increase wire_length");
EndIf
distances() = {injector_distance, detector_distance};
widths() = {injector_width, detector_width};
For i In {0:electrodes - 1}
  If(distances(i) + widths(i)/2 >= wire_length/2)
    Error("an electrode reaches over an end of the wire: increase wire_length");
  EndIf
  If(distances(i) - widths(i)/2 <= arm_width/2)
    Error("an electrode reaches over an arm of the cross: increase its distance");
  EndIf
EndFor
If(electrodes > 0 && electrode_length <= wire_width)
  Error("the electrodes do not reach across the wire: electrode_length has to be larger than wire_width");
EndIf

// The lower edge, from left to right; the upper one is the same, turned by 180 degrees.
l = wire_length/2;
w = wire_width/2;
r = wire_width/2 + arm_length;
a = arm_width/2;
x() = {-l, -a, -a, a, a, l};
y() = {-w, -w, -r, -r, -w, -w};
n = #x();
For i In {1:n}
  Point(i) = {x(i - 1), y(i - 1), 0};
  Point(n + i) = {-x(i - 1), -y(i - 1), 0};
EndFor
For i In {1:2*n - 1}
  Line(i) = {i, i + 1};
EndFor
Line(2*n) = {2*n, 1};
Curve Loop(1) = {1:2*n};
Plane Surface(1) = {1};
Extrude{0, 0, thickness}{ Surface{1}; }
For i In {0:electrodes - 1}
  Box(2 + i) = {(2*i - 1)*distances(i) - widths(i)/2, -electrode_length/2, thickness,
                widths(i), electrode_length, electrode_thickness};
EndFor
If(electrodes > 0)
  BooleanFragments{ Volume{1:1 + electrodes}; Delete; }{}
EndIf
Physical Volume("cross") = {1};
If(electrodes > 0)
  Physical Volume("injector") = {2};
EndIf
If(electrodes > 1)
  Physical Volume("detector") = {3};
EndIf

// The terminals, found by where they are.
e = 1e-3;
h = thickness + electrode_thickness;
left() = Surface In BoundingBox{-l - e, -w - e, -e, -l + e, w + e, thickness + e};
right() = Surface In BoundingBox{l - e, -w - e, -e, l + e, w + e, thickness + e};
upper() = Surface In BoundingBox{-a - e, r - e, -e, a + e, r + e, thickness + e};
lower() = Surface In BoundingBox{-a - e, -r - e, -e, a + e, -r + e, thickness + e};
Physical Surface("left") = left();
Physical Surface("right") = right();
Physical Surface("upper") = upper();
Physical Surface("lower") = lower();
If(electrodes > 0)
  injector_end() = Surface In BoundingBox{-l, electrode_length/2 - e, thickness - e, 0, electrode_length/2 + e, h + e};
  Physical Surface("injector_end") = injector_end();
Else
  bottom() = Surface In BoundingBox{-l - e, -r - e, -e, l + e, r + e, e};
  top() = Surface In BoundingBox{-l - e, -r - e, thickness - e, l + e, r + e, thickness + e};
  Physical Surface("bottom") = bottom();
  Physical Surface("top") = top();
EndIf
If(electrodes > 1)
  detector_end() = Surface In BoundingBox{0, electrode_length/2 - e, thickness - e, l, electrode_length/2 + e, h + e};
  Physical Surface("detector_end") = detector_end();
EndIf

Mesh.MeshSizeMax = wire_size;
