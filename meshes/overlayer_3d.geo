// title: Normal wire with a floating ferromagnetic island on top
//
// A normal wire along x. On it an island of a ferromagnet that nothing else touches; it may be wider than the wire.
// Spin enters through a contact below the wire, or through an end.
//
//                  magnet_position
//                         |
//      z            <-magnet_length->
//      |__x          _______________
//                   |     magnet    |
//           ________|_______________|_________  z = 0
//     left |                wire              | right
//          |________====______________________|
//                 injector
//                    |
//             injector_position
//
// Lengths are along x, widths along y. Positions count from the middle of the wire, x = 0.
// Regions: wire, magnet. Terminals: left, right, injector.

SetFactory("OpenCASCADE");

DefineConstant[
  wire_length = {2000, Min 10, Max 50000, Step 100, Name "Wire/1wire_length", Label "Wire length", Units "nm"}
  wire_width = {100, Min 1, Max 10000, Step 5, Name "Wire/2wire_width", Label "Wire width", Units "nm"}
  wire_thickness = {60, Min 1, Max 10000, Step 5, Name "Wire/3wire_thickness", Label "Wire thickness", Units "nm"}
  magnet_length = {600, Min 1, Max 50000, Step 50, Name "Island/1magnet_length",
    Label "Island, along the wire", Units "nm"}
  magnet_width = {100, Min 1, Max 10000, Step 5, Name "Island/2magnet_width",
    Label "Island, across the wire", Units "nm"}
  magnet_thickness = {30, Min 1, Max 10000, Step 5, Name "Island/3magnet_thickness",
    Label "Thickness of the island", Units "nm"}
  magnet_position = {0, Min -25000, Max 25000, Step 50, Name "Island/4magnet_position",
    Label "Middle of the island", Units "nm"}
  injector_length = {100, Min 1, Max 50000, Step 10, Name "Injector/1injector_length",
    Label "Injecting contact, along the wire", Units "nm"}
  injector_width = {100, Min 1, Max 10000, Step 5, Name "Injector/2injector_width",
    Label "Injecting contact, across the wire", Units "nm"}
  injector_position = {-200, Min -25000, Max 25000, Step 50, Name "Injector/3injector_position",
    Label "Middle of the injecting contact", Units "nm"}
  wire_size = {40, Min 1, Max 1000, Step 5, Name "Mesh/wire_size", Label "Size of cells far from contacts", Units "nm"}
];

If(Fabs(magnet_position) + magnet_length/2 > wire_length/2)
  Error("the island reaches over an end of the wire: change magnet_position or magnet_length");
EndIf
If(Fabs(injector_position) + injector_length/2 > wire_length/2)
  Error("the injecting contact reaches over an end of the wire: change injector_position or injector_length");
EndIf
If(injector_width > wire_width)
  Error("the injecting contact is wider than the wire: injector_width must not exceed wire_width");
EndIf

Box(1) = {-wire_length/2, -wire_width/2, -wire_thickness, wire_length, wire_width, wire_thickness};
Box(2) = {magnet_position - magnet_length/2, -magnet_width/2, 0, magnet_length, magnet_width, magnet_thickness};
contact = news;
Rectangle(contact) = {injector_position - injector_length/2, -injector_width/2, -wire_thickness,
                      injector_length, injector_width};
BooleanFragments{ Volume{1:2}; Surface{contact}; Delete; }{}

Physical Volume("wire") = {1};
Physical Volume("magnet") = {2};

// The terminals, found by where they are.
e = 1e-3;
left() = Surface In BoundingBox{
  -wire_length/2 - e, -wire_width/2 - e, -wire_thickness - e, -wire_length/2 + e, wire_width/2 + e, e};
right() = Surface In BoundingBox{
  wire_length/2 - e, -wire_width/2 - e, -wire_thickness - e, wire_length/2 + e, wire_width/2 + e, e};
injector() = Surface In BoundingBox{
  injector_position - injector_length/2 - e, -injector_width/2 - e, -wire_thickness - e,
  injector_position + injector_length/2 + e, injector_width/2 + e, -wire_thickness + e};
Physical Surface("left") = left();
Physical Surface("right") = right();
Physical Surface("injector") = injector();

Mesh.MeshSizeMax = wire_size;
