// title: Normal film with a ferromagnetic film on top, section along the film (2D)
//
// A strip of two films whose contact is y = 0. Spin enters through a contact below, or through an end of the normal
// film. The ferromagnet covers all of the normal film, or a part.
//
//                 magnet_position
//                        |  probe_position
//                  <-magnet_length->
//      y            __________===__
//      |__x        |     magnet    |
//          ________|_______________|_________  y = 0
//    left |               normal             | right
//         |________====______________________|
//                injector
//                   |
//            injector_position
//
// Positions count from the middle of the film, x = 0. Regions: normal, magnet. Terminals: left, right, injector, and a
// probe on top where probe_width is not zero.

SetFactory("OpenCASCADE");

DefineConstant[
  length = {12000, Min 10, Max 100000, Step 100, Name "Device/1length", Label "Length of the normal film", Units "nm"}
  normal_thickness = {1000, Min 1, Max 20000, Step 10, Name "Device/2normal_thickness",
    Label "Thickness of the normal film", Units "nm"}
  magnet_thickness = {1000, Min 1, Max 20000, Step 10, Name "Device/3magnet_thickness",
    Label "Thickness of the ferromagnet", Units "nm"}
  magnet_length = {100000, Min 1, Max 100000, Step 100, Name "Device/4magnet_length",
    Label "Length of the ferromagnet, cut off at the ends of the normal film", Units "nm"}
  magnet_position = {0, Min -50000, Max 50000, Step 100, Name "Device/5magnet_position",
    Label "Middle of the ferromagnet", Units "nm"}
  injector_width = {100, Min 1, Max 100000, Step 10, Name "Device/6injector_width",
    Label "Width of the injecting contact", Units "nm"}
  injector_position = {-4000, Min -50000, Max 50000, Step 100, Name "Device/7injector_position",
    Label "Middle of the injecting contact", Units "nm"}
  probe_width = {0, Min 0, Max 100000, Step 10, Name "Device/8probe_width",
    Label "Width of a contact on top of the ferromagnet (0: none)", Units "nm"}
  probe_position = {0, Min -50000, Max 50000, Step 100, Name "Device/9probe_position",
    Label "Middle of the contact on top", Units "nm"}
  film_size = {150, Min 1, Max 10000, Step 10, Name "Mesh/film_size",
    Label "Size of cells far from contacts", Units "nm"}
];

magnet_left = Max(magnet_position - magnet_length/2, -length/2);
magnet_right = Min(magnet_position + magnet_length/2, length/2);
If(magnet_right <= magnet_left)
  Error("the ferromagnet lies beyond the ends of the normal film: magnet_position is too large for its length");
EndIf
If(Fabs(injector_position) + injector_width/2 > length/2)
  Error("the injecting contact reaches over an end of the film: change injector_position or injector_width");
EndIf
probe_left = probe_position - probe_width/2;
probe_right = probe_position + probe_width/2;
If(probe_width > 0 && (probe_left < magnet_left || probe_right > magnet_right))
  Error("the probe reaches over an end of the ferromagnet: change probe_position or probe_width");
EndIf

Rectangle(1) = {-length/2, -normal_thickness, 0, length, normal_thickness};
Rectangle(2) = {magnet_left, 0, 0, magnet_right - magnet_left, magnet_thickness};
p = newp;
Point(p) = {injector_position - injector_width/2, -normal_thickness, 0};
Point(p + 1) = {injector_position + injector_width/2, -normal_thickness, 0};
contact = newc;
Line(contact) = {p, p + 1};
contacts() = {contact};
If(probe_width > 0)
  p = newp;
  Point(p) = {probe_left, magnet_thickness, 0};
  Point(p + 1) = {probe_right, magnet_thickness, 0};
  probe_line = newc;
  Line(probe_line) = {p, p + 1};
  contacts() += {probe_line};
EndIf
BooleanFragments{ Surface{1:2}; Curve{contacts()}; Delete; }{}

Physical Surface("normal") = {1};
Physical Surface("magnet") = {2};

// The terminals, found by where they are.
e = 1e-3;
left() = Curve In BoundingBox{-length/2 - e, -normal_thickness - e, -e, -length/2 + e, e, e};
right() = Curve In BoundingBox{length/2 - e, -normal_thickness - e, -e, length/2 + e, e, e};
injector() = Curve In BoundingBox{injector_position - injector_width/2 - e, -normal_thickness - e, -e,
  injector_position + injector_width/2 + e, -normal_thickness + e, e};
Physical Curve("left") = left();
Physical Curve("right") = right();
Physical Curve("injector") = injector();
If(probe_width > 0)
  probe() = Curve In BoundingBox{probe_left - e, magnet_thickness - e, -e, probe_right + e, magnet_thickness + e, e};
  Physical Curve("probe") = probe();
EndIf

Mesh.MeshSizeMax = film_size;
