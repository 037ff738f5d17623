// title: Hall bar
//
// A film cut to a bar along x with two pairs of arms. It may carry a second film of the same shape.
//
//      y           upper_left      upper_right
//      |__x             _|_            _|_
//               _______|   |__________|   |_______
//         left |                                  | right
//              |_______     __________     _______|
//                      |_ _|          |_ _|
//                        |              |
//                   lower_left     lower_right
//                        |<-probe_distance->|
//
// The bar fills -bar_width/2 < y < bar_width/2 and 0 < z < thickness. Regions: film, and a cap above it where cap_thickness is not zero.
// Terminals: left, right, upper_left, upper_right, lower_left, lower_right; and the faces bottom (z = 0) and top, for what
// a film exchanges there with something that is not drawn.

SetFactory("OpenCASCADE");

DefineConstant[
  bar_length = {4000, Min 20, Max 1000000, Step 100, Name "Device/1bar_length", Label "Length of the bar", Units "nm"}
  bar_width = {1000, Min 5, Max 1000000, Step 50, Name "Device/2bar_width", Label "Width of the bar", Units "nm"}
  thickness = {10, Min 0.5, Max 10000, Step 1, Name "Device/3thickness", Label "Thickness of the film", Units "nm"}
  cap_thickness = {0, Min 0, Max 10000, Step 1, Name "Device/4cap_thickness",
    Label "Thickness of a film on top (0: none)", Units "nm"}
  probe_distance = {2000, Min 10, Max 1000000, Step 100, Name "Device/5probe_distance",
    Label "Distance of the pairs of arms, centre to centre", Units "nm"}
  arm_width = {100, Min 1, Max 1000000, Step 10, Name "Device/6arm_width", Label "Width of an arm", Units "nm"}
  arm_length = {400, Min 1, Max 1000000, Step 50, Name "Device/7arm_length",
    Label "Length of an arm, from the edge of the bar", Units "nm"}
  film_size = {100, Min 0.1, Max 100000, Step 10, Name "Mesh/film_size", Label "Size of cells", Units "nm"}
];

If(probe_distance <= arm_width)
  Error("the arms overlap: probe_distance has to be larger than arm_width");
EndIf
If(probe_distance + arm_width >= bar_length)
  Error("the arms reach over the ends of the bar: increase bar_length");
EndIf

// The lower edge, from left to right; the upper one is the same, turned by 180 degrees.
l = bar_length/2;
w = bar_width/2;
r = bar_width/2 + arm_length;
p = probe_distance/2;
a = arm_width/2;
x() = {-l, -p - a, -p - a, -p + a, -p + a, p - a, p - a, p + a, p + a, l};
y() = {-w, -w, -r, -r, -w, -w, -r, -r, -w, -w};
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
film() = Extrude{0, 0, thickness}{ Surface{1}; };
Physical Volume("film") = {film(1)};
If(cap_thickness > 0)
  cap() = Extrude{0, 0, cap_thickness}{ Surface{film(0)}; };
  Physical Volume("cap") = {cap(1)};
EndIf

// The terminals, found by where they are.
e = 1e-3;
h = thickness + cap_thickness;
left() = Surface In BoundingBox{-l - e, -w - e, -e, -l + e, w + e, h + e};
right() = Surface In BoundingBox{l - e, -w - e, -e, l + e, w + e, h + e};
upper_left() = Surface In BoundingBox{-p - a - e, r - e, -e, -p + a + e, r + e, h + e};
upper_right() = Surface In BoundingBox{p - a - e, r - e, -e, p + a + e, r + e, h + e};
lower_left() = Surface In BoundingBox{-p - a - e, -r - e, -e, -p + a + e, -r + e, h + e};
lower_right() = Surface In BoundingBox{p - a - e, -r - e, -e, p + a + e, -r + e, h + e};
bottom() = Surface In BoundingBox{-l - e, -r - e, -e, l + e, r + e, e};
top() = Surface In BoundingBox{-l - e, -r - e, h - e, l + e, r + e, h + e};
Physical Surface("left") = left();
Physical Surface("right") = right();
Physical Surface("upper_left") = upper_left();
Physical Surface("upper_right") = upper_right();
Physical Surface("lower_left") = lower_left();
Physical Surface("lower_right") = lower_right();
Physical Surface("bottom") = bottom();
Physical Surface("top") = top();

Mesh.MeshSizeMax = film_size;
