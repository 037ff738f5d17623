// title: Hall bar of a metal on an insulating magnet (3D)
//
//        y                 hall_plus
//        |__x  ___________________________________
//             |              |____|               |
//        left |               film                | right        z upwards, z = 0 where the magnet is
//             |_______________ ____ ______________|
//                            |    |
//                          hall_minus
//
// Spins pile up at the surfaces and at the sides within a spin diffusion length of them: cells are flat and, at the sides, narrow.
//
// Region: film. Terminals: left, right, hall_plus, hall_minus, and bottom and top, the faces of the film, for magnets that cover them.

DefineConstant[
  length = {3000, Min 1, Max 100000, Step 10, Name "Device/1length", Label "Length of the film", Units "nm"}
  width = {1000, Min 1, Max 100000, Step 10, Name "Device/2width", Label "Width of the film", Units "nm"}
  thickness = {6, Min 0.1, Max 1000, Step 1, Name "Device/3thickness", Label "Thickness of the film", Units "nm"}
  probe = {10, Min 0.1, Max 100000, Step 1, Name "Device/4probe", Label "Length of the two Hall contacts", Units "nm"}
  surface_size = {2, Min 0.05, Max 1000, Step 0.1, Name "Mesh/1surface_size",
    Label "Size of cells across the film", Units "nm"}
  side_size = {3, Min 0.05, Max 1000, Step 0.1, Name "Mesh/2side_size", Label "Size of cells at the sides", Units "nm"}
  film_size = {250, Min 0.05, Max 10000, Step 1, Name "Mesh/3film_size", Label "Size of cells along the film", Units "nm"}
];

If(probe >= length)
  Error("probe has to be less than length");
EndIf
If(6*side_size >= width)
  Error("side_size has to be less than a sixth of width");
EndIf

along = Ceil((length - probe)/2/film_size);
across = Ceil((width/2 - 3*side_size)/film_size);
up = Ceil(thickness/surface_size);

// Two halves, each made from the middle outwards: one mesh is the mirror image of the other, and without a magnet the Hall contacts show nothing.
e = 2*side_size/width; // the rows of cells across a half: two narrow ones at the side
Point(1) = {-length/2, 0, 0};
one() = Extrude {(length - probe)/2, 0, 0} { Point{1}; Layers{along}; };
two() = Extrude {probe, 0, 0} { Point{one(0)}; Layers{1}; };
three() = Extrude {(length - probe)/2, 0, 0} { Point{two(0)}; Layers{along}; };
lines() = {one(1), two(1), three(1)};
films() = {};
For k In {0:2}
  For side In {-1:1:2}
    area() = Extrude {0, side*width/2, 0} { Curve{lines(k)}; Layers{ {across, 1, 1}, {1 - 3*e, 1 - e, 1} }; };
    body() = Extrude {0, 0, thickness} { Surface{area(1)}; Layers{up}; };
    films() += body(1);
  EndFor
EndFor
Coherence;
Physical Volume("film") = films();

// The terminals, found by where they are.
t = 1e-3;
Physical Surface("left") = Surface In BoundingBox{-length/2 - t, -width/2 - t, -t, -length/2 + t, width/2 + t, thickness + t};
Physical Surface("right") = Surface In BoundingBox{length/2 - t, -width/2 - t, -t, length/2 + t, width/2 + t, thickness + t};
Physical Surface("hall_plus") = Surface In BoundingBox{-probe/2 - t, width/2 - t, -t, probe/2 + t, width/2 + t, thickness + t};
Physical Surface("hall_minus") = Surface In BoundingBox{-probe/2 - t, -width/2 - t, -t, probe/2 + t, -width/2 + t, thickness + t};
Physical Surface("bottom") = Surface In BoundingBox{-length/2 - t, -width/2 - t, -t, length/2 + t, width/2 + t, t};
Physical Surface("top") = Surface In BoundingBox{-length/2 - t, -width/2 - t, thickness - t, length/2 + t, width/2 + t, thickness + t};
