// title: Hall bar, seen from above (2D)
//
//      y           upper_left      upper_right
//      |__x             _|_            _|_
//               _______|   |__________|   |_______
//         left |               bar                | right
//              |_______     __________     _______|
//                      |_ _|          |_ _|
//                        |              |
//                   lower_left     lower_right
//                        |<-probe_distance->|
//
// The bar fills -bar_width/2 < y < bar_width/2; x = 0 is its middle. The thickness of the film is the depth of the case.
//
// Region: bar. Terminals: left, right, upper_left, upper_right, lower_left, lower_right.

SetFactory("OpenCASCADE");

DefineConstant[
  bar_length = {6000, Min 20, Max 1000000, Step 100, Name "Device/1bar_length", Label "Length of the bar", Units "nm"}
  bar_width = {1000, Min 5, Max 1000000, Step 50, Name "Device/2bar_width", Label "Width of the bar", Units "nm"}
  probe_distance = {2000, Min 10, Max 1000000, Step 100, Name "Device/3probe_distance",
    Label "Distance of the pairs of arms, centre to centre", Units "nm"}
  arm_width = {50, Min 1, Max 1000000, Step 10, Name "Device/4arm_width", Label "Width of an arm", Units "nm"}
  arm_length = {200, Min 1, Max 1000000, Step 50, Name "Device/5arm_length",
    Label "Length of an arm, from the edge of the bar", Units "nm"}
  bar_size = {150, Min 0.1, Max 100000, Step 10, Name "Mesh/1bar_size", Label "Size of cells", Units "nm"}
  corner_size = {5, Min 0.1, Max 100000, Step 1, Name "Mesh/2corner_size",
    Label "Size of cells where the arms begin", Units "nm"}
];

If(probe_distance <= arm_width)
  Error("the arms overlap: probe_distance has to be larger than arm_width");
EndIf
If(probe_distance + arm_width >= bar_length)
  Error("the arms reach over the ends of the bar: increase bar_length");
EndIf

l = bar_length/2;
w = bar_width/2;
r = bar_width/2 + arm_length;
p = probe_distance/2;
a = arm_width/2;
// The lower edge, from left to right; the upper one is the same, turned by 180 degrees.
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
Physical Surface("bar") = {1};

// The terminals, found by where they are.
e = 1e-3;
left() = Curve In BoundingBox{-l - e, -w - e, -e, -l + e, w + e, e};
right() = Curve In BoundingBox{l - e, -w - e, -e, l + e, w + e, e};
upper_left() = Curve In BoundingBox{-p - a - e, r - e, -e, -p + a + e, r + e, e};
upper_right() = Curve In BoundingBox{p - a - e, r - e, -e, p + a + e, r + e, e};
lower_left() = Curve In BoundingBox{-p - a - e, -r - e, -e, -p + a + e, -r + e, e};
lower_right() = Curve In BoundingBox{p - a - e, -r - e, -e, p + a + e, -r + e, e};
Physical Curve("left") = left();
Physical Curve("right") = right();
Physical Curve("upper_left") = upper_left();
Physical Curve("upper_right") = upper_right();
Physical Curve("lower_left") = lower_left();
Physical Curve("lower_right") = lower_right();

Field[1] = Distance;
Field[1].PointsList = {2, 5, 6, 9, n + 2, n + 5, n + 6, n + 9}; // the corners where arms begin
Field[2] = MathEval;
Field[2].F = Sprintf("Min(%g, %g + 0.3*F1)", bar_size, Min(corner_size, bar_size));

Mesh.MeshSizeMax = bar_size;
