// title: Corbino disc: a ring between two round contacts, seen from above (2D)
//
//      y           ..---..
//      |__x      .'       '.  outer
//               /    .-.    \
//              |    (   )    |      the ring between them: film
//               \    '-'    /
//                '. inner .'
//                  ''---''
//
// Region: film. Terminals: inner, outer. The middle is x = y = 0. The case's depth is the film's thickness.

SetFactory("OpenCASCADE");

DefineConstant[
  inner_radius = {50, Min 1, Max 1000000, Step 5, Name "Device/1inner_radius", Label "Radius of the inner contact", Units "nm"}
  outer_radius = {200, Min 1, Max 1000000, Step 5, Name "Device/2outer_radius", Label "Radius of the outer contact", Units "nm"}
  film_size = {20, Min 0.1, Max 100000, Step 5, Name "Mesh/film_size", Label "Size of cells at the outer contact", Units "nm"}
];

If(outer_radius <= inner_radius)
  Error("outer_radius has to be larger than inner_radius");
EndIf

Disk(1) = {0, 0, 0, outer_radius};
Disk(2) = {0, 0, 0, inner_radius};
BooleanDifference(3) = { Surface{1}; Delete; }{ Surface{2}; Delete; };
Physical Surface("film") = {3};

// The terminals, found by where they are.
e = 1e-3;
inner() = Curve In BoundingBox{-inner_radius - e, -inner_radius - e, -e, inner_radius + e, inner_radius + e, e};
all() = Curve In BoundingBox{-outer_radius - e, -outer_radius - e, -e, outer_radius + e, outer_radius + e, e};
all() -= inner();
Physical Curve("inner") = inner();
Physical Curve("outer") = all();

Field[1] = MathEval; // cells as large for their place as at the outer contact
Field[1].F = Sprintf("%g*Sqrt(x*x + y*y)", film_size/outer_radius);
