// title: Two metal strips on an insulating magnet, section (2D)
//
//                         <---- distance ---->
//       y   in_left  _________            _________  out_right
//       |__x        |injector_|in_right  |detector_|            y = strip_thickness
//        ________________________________________________
//       |                      film                      |      y = 0
//       |________________________________________________|
//
// A current across the injector, along x, sends spins along z into the film; the magnons that they become are felt across the detector. The film reaches
// over the strips on both sides by `margin`. Cells are small at both contacts and at the upper surfaces of the strips.
//
// Regions: injector, detector, film. Terminals: in_left and in_right, the sides of the injector; out_left and out_right, those of the detector.

SetFactory("OpenCASCADE");

DefineConstant[
  distance = {1000, Min 10, Max 1000000, Step 100, Name "Device/1distance", Label "Distance of the strips, centre to centre", Units "nm"}
  strip_width = {100, Min 1, Max 100000, Step 10, Name "Device/2strip_width", Label "Width of a strip", Units "nm"}
  strip_thickness = {13.5, Min 0.5, Max 1000, Step 1, Name "Device/3strip_thickness",
    Label "Thickness of a strip", Units "nm"}
  film_thickness = {200, Min 1, Max 100000, Step 10, Name "Device/4film_thickness",
    Label "Thickness of the film", Units "nm"}
  margin = {30000, Min 1, Max 10000000, Step 1000, Name "Device/5margin",
    Label "How far the film goes on beyond the strips", Units "nm"}
  surface_size = {1, Min 0.05, Max 1000, Step 0.1, Name "Mesh/surface_size",
    Label "Size of cells at the upper surfaces of the strips", Units "nm"}
];

If(distance <= strip_width)
  Error("the strips overlap: distance has to be larger than strip_width");
EndIf

a = distance/2 + strip_width/2;
Rectangle(1) = {-a, 0, 0, strip_width, strip_thickness};
Rectangle(2) = {a - strip_width, 0, 0, strip_width, strip_thickness};
Rectangle(3) = {-a - margin, -film_thickness, 0, 2*(a + margin), film_thickness};
BooleanFragments{ Surface{1:3}; Delete; }{}

Physical Surface("injector") = {1};
Physical Surface("detector") = {2};
Physical Surface("film") = {3};

// The sides of the strips, found by where they are.
e = 1e-3;
in_left() = Curve In BoundingBox{-a - e, -e, -e, -a + e, strip_thickness + e, e};
in_right() = Curve In BoundingBox{-a + strip_width - e, -e, -e, -a + strip_width + e, strip_thickness + e, e};
out_left() = Curve In BoundingBox{a - strip_width - e, -e, -e, a - strip_width + e, strip_thickness + e, e};
out_right() = Curve In BoundingBox{a - e, -e, -e, a + e, strip_thickness + e, e};
Physical Curve("in_left") = in_left();
Physical Curve("in_right") = in_right();
Physical Curve("out_left") = out_left();
Physical Curve("out_right") = out_right();

Field[1] = MathEval; // growing from the upper surfaces
Field[1].F = Sprintf("%g + 0.3*Fabs(y - %g)", surface_size, strip_thickness);

Field[2] = MathEval; // and in the film with the distance from the nearer strip
Field[2].F = Sprintf("%g + 0.2*Max(0, Fabs(Fabs(x) - %g) - %g)", film_thickness/8, distance/2, strip_width/2);

Field[3] = Min;
Field[3].FieldsList = {1, 2};
