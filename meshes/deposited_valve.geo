// title: Lateral spin valve as it is made: sloping walls, electrodes that climb over the wire, pads, a middle wire
//
// The valve of nonlocal_valve.geo, with what lithography and evaporation make of it; by default it is that valve.
//
//                 injector_end  middle_end  detector_end
//                      _|_         _|_         _|_
//           y          | |         : :         | |
//           |__x   ____|_|_________:_:_________|_|____
//      wire_left  |    | |         : :         | |    |  wire_right
//                 |____|_|_________:_:_________|_|____|
//                      | |         : :         | |
//                      |_|         : :         |_|
//                                   |
//                             middle_start
//                       |<------separation----->|
//
// Across the wire, side_coverage 0 (flat)            and more than 0 (climbing)
//                                                            _________________
//      z    _____________________________                   /     top film    \     side_coverage: thickness
//      |   |_________electrode___________|                 /   ___________   / \    of the film on the walls
//      |__y          /   wire   \               ________ _/   /   wire    \     \_________
//                   /____________\             |_____________/_____________\______________|   z = 0
//
// Walls lean by wire_angle and electrode_angle (90 degrees: upright). Widths are those at half height, so sections and resistances do not change
// with the angle. A wire or an electrode may widen to a pad behind its end, over taper_length.
//
// Regions: wire, injector, detector, and middle where middle_width is not zero. Terminals: wire_left, wire_right, injector_end, detector_end;
// middle_start (at the lower end in y), middle_end. Where there are pads, they are the ends of the pads.

SetFactory("OpenCASCADE");

DefineConstant[
  separation = {500, Min 10, Max 100000, Step 10, Name "Device/1separation",
    Label "Separation, centre to centre", Units "nm"}
  wire_width = {100, Min 5, Max 10000, Step 5, Name "Device/2wire_width", Label "Wire width", Units "nm"}
  wire_thickness = {60, Min 1, Max 1000, Step 5, Name "Device/3wire_thickness", Label "Wire thickness", Units "nm"}
  wire_length = {4000, Min 50, Max 100000, Step 100, Name "Device/4wire_length", Label "Wire length", Units "nm"}
  injector_width = {100, Min 5, Max 10000, Step 5, Name "Device/5injector_width", Label "Injector width", Units "nm"}
  detector_width = {100, Min 5, Max 10000, Step 5, Name "Device/6detector_width", Label "Detector width", Units "nm"}
  electrode_thickness = {25, Min 1, Max 1000, Step 1, Name "Device/7electrode_thickness",
    Label "Electrode thickness", Units "nm"}
  electrode_length = {1000, Min 10, Max 100000, Step 50, Name "Device/8electrode_length",
    Label "Electrode length", Units "nm"}
  wire_angle = {90, Min 20, Max 90, Step 1, Name "Shape/1wire_angle",
    Label "Angle of the wire's walls to the substrate (90: upright)", Units "deg"}
  electrode_angle = {90, Min 20, Max 90, Step 1, Name "Shape/2electrode_angle",
    Label "Angle of the electrodes' walls", Units "deg"}
  side_coverage = {0, Min 0, Max 1000, Step 1, Name "Shape/3side_coverage",
    Label "Thickness of the electrodes on the wire's walls (0: they are flat and touch its top alone)", Units "nm"}
  middle_width = {0, Min 0, Max 10000, Step 5, Name "Middle/1middle_width",
    Label "Width of a wire between the electrodes (0: none)", Units "nm"}
  middle_thickness = {25, Min 1, Max 1000, Step 1, Name "Middle/2middle_thickness",
    Label "Thickness of the middle wire", Units "nm"}
  middle_position = {0, Min -50000, Max 50000, Step 10, Name "Middle/3middle_position",
    Label "Centre of the middle wire (0: half-way)", Units "nm"}
  wire_pad = {0, Min 0, Max 100000, Step 100, Name "Pads/1wire_pad",
    Label "Width and length of the pads of the wire (0: none)", Units "nm"}
  electrode_pad = {0, Min 0, Max 100000, Step 100, Name "Pads/2electrode_pad",
    Label "Width and length of the pads of the electrodes (0: none)", Units "nm"}
  taper_length = {200, Min 1, Max 100000, Step 50, Name "Pads/3taper_length",
    Label "Length over which they widen", Units "nm"}
  wire_size = {40, Min 0.5, Max 1000, Step 5, Name "Mesh/1wire_size", Label "Size of cells far from contacts", Units "nm"}
  pad_size = {200, Min 0.5, Max 10000, Step 50, Name "Mesh/2pad_size", Label "Size of cells in pads", Units "nm"}
];

// ---- what does not fit together
lean = wire_thickness/Tan(wire_angle*Pi/180); // of one wall of the wire, from bottom to top
films() = {injector_width, middle_width, detector_width};
heights() = {electrode_thickness, middle_thickness, electrode_thickness};
places() = {-separation/2, middle_position, separation/2};
If(wire_width <= lean)
  Error("the walls of the wire meet below its top: increase wire_width or wire_angle");
EndIf
foot() = {}; // the width of each electrode where it is widest
reached = -1e22; // by the electrodes before this one
For i In {0:2}
  slope = heights(i)/Tan(electrode_angle*Pi/180);
  foot() += {films(i) + slope};
  If(films(i) > 0)
    If(films(i) <= slope)
      Error("the walls of an electrode meet below its top: increase its width or electrode_angle");
    EndIf
    If(places(i) - foot(i)/2 <= reached)
      Error("the electrodes overlap: separation has to be larger than what their widths (at their feet) take");
    EndIf
    reached = places(i) + foot(i)/2;
    If(side_coverage > 0 && wire_width/2 + lean/2 - (wire_thickness + heights(i))/Tan(wire_angle*Pi/180)
                             + side_coverage/Sin(wire_angle*Pi/180) <= 0)
      Error("the top of an electrode that climbs over the wire has no width: increase wire_width or wire_angle");
    EndIf
    If(side_coverage > 0 && wire_width/2 + lean/2 + side_coverage/Sin(wire_angle*Pi/180) >= electrode_length/2)
      Error("the electrodes do not reach beyond the wire's walls: increase electrode_length");
    EndIf
  EndIf
EndFor
If(electrode_length <= wire_width + lean)
  Error("the electrodes do not reach across the wire: electrode_length has to be larger than wire_width (at its foot)");
EndIf
If(separation/2 + foot(0)/2 >= wire_length/2 || separation/2 + foot(2)/2 >= wire_length/2)
  Error("the electrodes reach over the ends of the wire: increase wire_length");
EndIf
If(wire_pad > 0 && wire_pad <= wire_width)
  Error("wire_pad has to be larger than wire_width, or 0");
EndIf
If(electrode_pad > 0)
  For i In {0:2}
    If(electrode_pad <= films(i))
      Error("electrode_pad has to be larger than the width of each electrode, or 0");
    EndIf
  EndFor
  gap = separation;
  If(middle_width > 0)
    gap = Min(middle_position + separation/2, separation/2 - middle_position);
  EndIf
  If(electrode_pad + 2*(foot(0) - films(0)) >= gap)
    Error("the pads of the electrodes overlap: electrode_pad has to be smaller than the distance of the electrodes");
  EndIf
EndIf

// ---- a strip: a chain of stations along it, each with its lower point (s, z), its upper point (S, Z), half its width and a size of cells. The
// walls lean by `slope` in all, half of it at the bottom, half at the top. along 0: it runs along x, at y = centre; 1: along y, at x = centre.
Macro Strip
  stations = #s();
  p = newp;
  For i In {0:stations - 1}
    For k In {0:3} // lower -, lower +, upper +, upper -
      side = (k == 1 || k == 2) ? 1 : -1;
      If(k < 2)
        q = s(i);
        t = z(i);
        across = centre + side*(half(i) + slope/2);
      Else
        q = S(i);
        t = Z(i);
        across = centre + side*(half(i) - slope/2);
      EndIf
      If(along)
        Point(p + 4*i + k) = {across, q, t, size(i)};
      Else
        Point(p + 4*i + k) = {q, across, t, size(i)};
      EndIf
    EndFor
  EndFor
  // Lines 4 i + k go around station i; behind them those to the next station.
  c = newc;
  For i In {0:stations - 1}
    For k In {0:3}
      Line(c + 8*i + k) = {p + 4*i + k, p + 4*i + (k + 1)%4};
      If(i < stations - 1)
        Line(c + 8*i + 4 + k) = {p + 4*i + k, p + 4*i + 4 + k};
      EndIf
    EndFor
  EndFor
  faces() = {};
  For i In {0:stations - 2}
    For k In {0:3}
      loop = newll;
      Curve Loop(loop) = {c + 8*i + k, c + 8*i + 4 + (k + 1)%4, -(c + 8*i + 8 + k), -(c + 8*i + 4 + k)};
      face = news;
      Plane Surface(face) = {loop};
      faces() += {face};
    EndFor
  EndFor
  For i In {0:stations - 1:stations - 1} // both ends
    loop = newll;
    Curve Loop(loop) = {c + 8*i, c + 8*i + 1, c + 8*i + 2, c + 8*i + 3};
    face = news;
    Plane Surface(face) = {loop};
    faces() += {face};
  EndFor
  shell = newsl;
  Surface Loop(shell) = {faces()};
  Volume(strip) = {shell};
Return

// ---- the wire
end = wire_length/2;
s() = {-end, end};
half() = {wire_width/2, wire_width/2};
size() = {wire_size, wire_size};
If(wire_pad > 0)
  far = end + taper_length + wire_pad;
  s() = {-far, -end - taper_length, s(), end + taper_length, far};
  half() = {wire_pad/2, wire_pad/2, half(), wire_pad/2, wire_pad/2};
  size() = {pad_size, pad_size, size(), pad_size, pad_size};
  end = far;
EndIf
S() = s();
z() = {};
Z() = {};
For i In {1:#s()}
  z() += {0};
  Z() += {wire_thickness};
EndFor
along = 0;
centre = 0;
slope = lean;
strip = 1;
Call Strip;

// ---- the electrodes
number = 1;
tags() = {};
For j In {0:2}
  If(films(j) > 0)
    h = heights(j);
    tip = electrode_length/2;
    If(side_coverage > 0)
      // The lower side follows the substrate and the wire; the upper one the substrate, and planes at side_coverage from its walls.
      cot = 1/Tan(wire_angle*Pi/180);
      foot_y = wire_width/2 + lean/2;
      head_y = wire_width/2 - lean/2;
      out = foot_y + side_coverage/Sin(wire_angle*Pi/180);
      s() = {-tip, -foot_y, -head_y, head_y, foot_y, tip};
      z() = {0, 0, wire_thickness, wire_thickness, 0, 0};
      S() = {-tip, -out + h*cot, -out + (wire_thickness + h)*cot, out - (wire_thickness + h)*cot, out - h*cot, tip};
      Z() = {h, h, wire_thickness + h, wire_thickness + h, h, h};
      base = 0;
    Else
      s() = {-tip, tip};
      S() = {-tip, tip};
      base = wire_thickness;
      z() = {base, base};
      Z() = {base + h, base + h};
    EndIf
    half() = {};
    size() = {};
    For i In {1:#s()}
      half() += {films(j)/2};
      size() += {wire_size};
    EndFor
    If(electrode_pad > 0)
      far = tip + taper_length + electrode_pad;
      s() = {-far, -tip - taper_length, s(), tip + taper_length, far};
      S() = {-far, -tip - taper_length, S(), tip + taper_length, far};
      z() = {base, base, z(), base, base};
      Z() = {base + h, base + h, Z(), base + h, base + h};
      half() = {electrode_pad/2, electrode_pad/2, half(), electrode_pad/2, electrode_pad/2};
      size() = {pad_size, pad_size, size(), pad_size, pad_size};
      tip = far;
    EndIf
    along = 1;
    centre = places(j);
    slope = foot(j) - films(j);
    number = number + 1;
    strip = number;
    Call Strip;
    tags() += {strip};
  Else
    tags() += {0};
  EndIf
EndFor
BooleanFragments{ Volume{1:number}; Delete; }{}

Physical Volume("wire") = {1};
Physical Volume("injector") = {tags(0)};
Physical Volume("detector") = {tags(2)};
If(middle_width > 0)
  Physical Volume("middle") = {tags(1)};
EndIf

// ---- the end faces, found by where they are
e = 1e-3;
top = wire_thickness + electrode_thickness + middle_thickness;
wide = wire_width + wire_pad + lean;
left() = Surface In BoundingBox{-end - e, -wide, -e, -end + e, wide, top};
right() = Surface In BoundingBox{end - e, -wide, -e, end + e, wide, top};
Physical Surface("wire_left") = left();
Physical Surface("wire_right") = right();
For j In {0:2}
  If(films(j) > 0)
    wide = Max(foot(j), electrode_pad + foot(j) - films(j))/2 + e;
    start() = Surface In BoundingBox{places(j) - wide, -tip - e, -e, places(j) + wide, -tip + e, top};
    finish() = Surface In BoundingBox{places(j) - wide, tip - e, -e, places(j) + wide, tip + e, top};
    If(j == 0)
      Physical Surface("injector_end") = finish();
    ElseIf(j == 1)
      Physical Surface("middle_start") = start();
      Physical Surface("middle_end") = finish();
    Else
      Physical Surface("detector_end") = finish();
    EndIf
  EndIf
EndFor

Mesh.MeshSizeMax = Max(wire_size, (wire_pad + electrode_pad > 0) ? pad_size : 0);
