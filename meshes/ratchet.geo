// title: Ratchet: a conductor with asymmetric teeth
//
// A wire along x whose width grows along each tooth from min_width to max_width and drops back at once: the
// ratchet of Abdullah et al., J. Phys. D 47, 482001 (2014) and J. Appl. Phys. 117, 17C737 (2015). The same script draws
// its mirror image (direction -1), a straight wire of the same length (teeth 0) and one taper (teeth 1, wide_end 1).
// The teeth are on both sides of the axis y = 0.
//
//      y                 .|     .|     .|
//      |__x            .' |   .' |   .' |
//             _______.'   | .'   | .'   |_______
//       left |                                  | right       direction 1: teeth widen to the right
//            |_______                    _______|
//                    '.   |'.    |'.    |
//                      '. |  '.  |  '.  |
//                        '|    '.|    '.|
//             <-lead-><--- body_length ---><-lead->
//
// The middle of the teeth is x = 0. Region: conductor. Terminals: left, right. It fills 0 < z < thickness.

SetFactory("OpenCASCADE");

DefineConstant[
  teeth = {4, Min 0, Max 100, Step 1, Name "Device/1teeth", Label "Number of teeth (0: straight)"}
  body_length = {1200, Min 1, Max 100000, Step 100, Name "Device/2body_length", Label "Length of all teeth", Units "nm"}
  min_width = {100, Min 1, Max 10000, Step 10, Name "Device/3min_width",
    Label "Width of leads and narrow ends", Units "nm"}
  max_width = {300, Min 1, Max 10000, Step 10, Name "Device/4max_width", Label "Width where a tooth ends", Units "nm"}
  lead_length = {400, Min 1, Max 100000, Step 100, Name "Device/5lead_length",
    Label "Length of each straight end", Units "nm"}
  thickness = {60, Min 1, Max 10000, Step 5, Name "Device/6thickness", Label "Thickness", Units "nm"}
  direction = {1, Min -1, Max 1, Step 2, Name "Device/7direction",
    Label "1: teeth widen along +x; -1: mirrored"}
  wide_end = {0, Min 0, Max 1, Step 1, Name "Device/8wide_end",
    Label "1: the lead behind the teeth has max_width"}
  angle = {0, Min 0, Max 89, Step 1, Name "Device/9angle",
    Label "Angle of a tooth's flank to the axis; it then decides body_length (0: body_length does)", Units "deg"}
  wire_size = {30, Min 0.1, Max 1000, Step 5, Name "Mesh/wire_size", Label "Size of cells", Units "nm"}
];

If(teeth != Floor(teeth))
  Error("teeth has to be a whole number");
EndIf
If(direction != 1 && direction != -1)
  Error("direction has to be 1 or -1");
EndIf
If(wide_end != 0 && wide_end != 1)
  Error("wide_end has to be 0 or 1");
EndIf
If((teeth > 0 || wide_end) && max_width <= min_width)
  Error("max_width has to be larger than min_width (a straight wire has teeth 0)");
EndIf

If(angle > 0 && teeth > 0)
  body_length = teeth*(max_width - min_width)/2/Tan(angle*Pi/180);
EndIf

// The upper edge, from left to right; the lower one is its image.
end = body_length/2 + lead_length;
x() = {-end};
y() = {min_width/2};
For i In {1:teeth}
  x() += {-body_length/2 + (i - 1)*body_length/teeth, -body_length/2 + i*body_length/teeth};
  y() += {min_width/2, max_width/2};
EndFor
If(teeth == 0 && wide_end)
  x() += {body_length/2, body_length/2};
  y() += {min_width/2, max_width/2};
EndIf
If(teeth > 0 && !wide_end)
  x() += {body_length/2};
  y() += {min_width/2};
EndIf
x() += {end};
y() += {y(#y() - 1)};

n = #x();
For i In {1:n}
  Point(i) = {direction*x(i - 1), y(i - 1), 0};
  Point(2*n + 1 - i) = {direction*x(i - 1), -y(i - 1), 0};
EndFor
For i In {1:2*n - 1}
  Line(i) = {i, i + 1};
EndFor
Line(2*n) = {2*n, 1};
Curve Loop(1) = {1:2*n};
Plane Surface(1) = {1};
Extrude{0, 0, thickness}{ Surface{1}; }

Physical Volume("conductor") = {1};

// The terminals, found by where they are.
e = 1e-3;
left() = Surface In BoundingBox{-end - e, -max_width - min_width, -e, -end + e, max_width + min_width, thickness + e};
right() = Surface In BoundingBox{end - e, -max_width - min_width, -e, end + e, max_width + min_width, thickness + e};
Physical Surface("left") = left();
Physical Surface("right") = right();

Mesh.MeshSizeMax = wire_size;
