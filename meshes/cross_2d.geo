// title: Cross, seen from above (2D)
//
//                  upper
//      y            _|_
//      |__x        |   |
//           _______|   |_______
//     left |       cross       | right
//          |_______     _______|
//                  |   |
//                  |_ _|
//                    |
//                  lower
//
// Two wires that cross at x = y = 0. The thickness of the film is the depth of the case.
//
// Region: cross. Terminals: left, right, upper, lower.

SetFactory("OpenCASCADE");

DefineConstant[
  wire_width = {1000, Min 1, Max 1000000, Step 10, Name "Device/1wire_width", Label "Width of the wire along x", Units "nm"}
  wire_length = {5000, Min 5, Max 1000000, Step 100, Name "Device/2wire_length",
    Label "Length of the wire along x", Units "nm"}
  arm_width = {1000, Min 1, Max 1000000, Step 10, Name "Device/3arm_width", Label "Width of the arms along y", Units "nm"}
  arm_length = {2000, Min 1, Max 1000000, Step 50, Name "Device/4arm_length",
    Label "Length of an arm, from the edge of the wire", Units "nm"}
  cross_size = {200, Min 0.1, Max 100000, Step 10, Name "Mesh/1cross_size", Label "Size of cells", Units "nm"}
  corner_size = {10, Min 0.1, Max 100000, Step 1, Name "Mesh/2corner_size",
    Label "Size of cells at the inner corners", Units "nm"}
];

If(arm_width >= wire_length)
  Error("the arms are wider than the wire is long: increase wire_length");
EndIf

l = wire_length/2;
w = wire_width/2;
r = wire_width/2 + arm_length;
a = arm_width/2;
// The lower edge, from left to right; the upper one is the same, turned by 180 degrees.
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
Physical Surface("cross") = {1};

// The terminals, found by where they are.
e = 1e-3;
left() = Curve In BoundingBox{-l - e, -w - e, -e, -l + e, w + e, e};
right() = Curve In BoundingBox{l - e, -w - e, -e, l + e, w + e, e};
upper() = Curve In BoundingBox{-a - e, r - e, -e, a + e, r + e, e};
lower() = Curve In BoundingBox{-a - e, -r - e, -e, a + e, -r + e, e};
Physical Curve("left") = left();
Physical Curve("right") = right();
Physical Curve("upper") = upper();
Physical Curve("lower") = lower();

Field[1] = Distance;
Field[1].PointsList = {2, 5, n + 2, n + 5}; // the inner corners
Field[2] = MathEval;
Field[2].F = Sprintf("Min(%g, %g + 0.3*F1)", cross_size, Min(corner_size, cross_size));

Mesh.MeshSizeMax = cross_size;
