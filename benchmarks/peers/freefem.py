"""FreeFEM: quadratic tetrahedra, the blocks of phi and v factored once, conjugate gradients for both magnetic states.

Runs in the peers' own Python, which writes mesh and script and starts FreeFem++: python -m benchmarks.peers.freefem DEVICE.json OPTIONS
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from string import Template

import numpy as np

from benchmarks.peers import tetrahedra
from benchmarks.peers.worker import reported

PLUGINS = "/usr/lib/freefem++"

SCRIPT = Template("""
mesh3 Th = readmesh3("device.mesh");
fespace Vh(Th, P2);
fespace Ph(Th, P0);
Ph sigma = $sigma, rate = $rate, injected = $injected, detected = $detected;

macro grad(u) [dx(u), dy(u), dz(u)] //
varf charge(u, w) = int3d(Th, qforder=3)(sigma*grad(u)'*grad(w)) + on($wire_left, u=0);
varf spin(u, w) = int3d(Th, qforder=5)(sigma*grad(u)'*grad(w) + rate*u*w) + on($ends, u=0);
varf injector(u, w) = int3d(Th, $injector_region, qforder=3)(injected*grad(u)'*grad(w));
varf detector(u, w) = int3d(Th, $detector_region, qforder=3)(detected*grad(u)'*grad(w));
varf atinjector(u, w) = int2d(Th, $injector_end)(w/$injector_area);
varf atdetector(u, w) = int2d(Th, $detector_end)(w/$detector_area);
varf atwire(u, w) = int2d(Th, $wire_right)(w/$wire_area);
varf fixedcharge(u, w) = on($wire_left, u=1);
varf fixedspin(u, w) = on($ends, u=1);

int n = Vh.ndof;
matrix A = charge(Vh, Vh), D = spin(Vh, Vh);
matrix Ci = injector(Vh, Vh), Cd = detector(Vh, Vh);
real[int] entering = atinjector(0, Vh), plus = atdetector(0, Vh), minus = atwire(0, Vh);
real[int] freephi = fixedcharge(0, Vh, tgv=1), freev = fixedspin(0, Vh, tgv=1);
freephi = -1*freephi; freephi += 1;
freev = -1*freev; freev += 1;
set(A, solver="CHOLMOD", sym=1, positive=1);
set(D, solver="CHOLMOD", sym=1, positive=1);

real state;
int count;
func real[int] operate(real[int]& x) {
  real[int] phi = x(0:n-1), v = x(n:2*n-1), top(n), bottom(n), y(2*n);
  top = A*phi; bottom = D*v;
  real[int] a = Ci*v, b = Cd*v, c = Ci*phi, d = Cd*phi;
  a += state*b; a = a .* freephi; top += a;
  c += state*d; c = c .* freev; bottom += c;
  y(0:n-1) = top; y(n:2*n-1) = bottom;
  return y;
}
func real[int] precondition(real[int]& r) {
  real[int] top = r(0:n-1), bottom = r(n:2*n-1), phi(n), v(n), z(2*n);
  phi = A^-1*top; v = D^-1*bottom;
  z(0:n-1) = phi; z(n:2*n-1) = v;
  count++;
  return z;
}
real[int] signal(2), its(2);
for (int k = 0; k < 2; k++) {
  state = 1 - 2*k;
  count = 0;
  real[int] x(2*n), b(2*n);
  x = 0; b = 0;
  b(0:n-1) = entering .* freephi;
  // conjugate gradients
  real[int] r = b, z = precondition(r), p = z;
  real rz = r'*z, first = rz;
  while (rz > first*1e-16) {
    real[int] q = operate(p);
    real alpha = rz/(p'*q);
    x += alpha*p; r -= alpha*q;
    z = precondition(r);
    real next = r'*z;
    p *= next/rz; p += z;
    rz = next;
  }
  real[int] phi = x(0:n-1);
  signal[k] = plus'*phi - minus'*phi;
  its[k] = count;
}
ofstream result("result.json");
result.precision(15);
result << "{\\"signals\\": [" << signal[0] << ", " << signal[1] << "], \\"unknowns\\": " << 2*n
       << ", \\"iterations\\": [" << its[0] << ", " << its[1] << "]}" << endl;
""")


def script(device, tags):
    """The text of the script; `tags`: name of a region or terminal -> its number in the mesh."""

    def by_region(number):
        return " + ".join(f"(region == {tags[name]})*{number(m)!r}" for name, m in device.materials.items())

    return SCRIPT.substitute(
        sigma=by_region(lambda m: m["conductivity"]),
        rate=by_region(lambda m: m["conductivity"] * (1 - m["polarization"] ** 2) / m["length"] ** 2),
        injected=repr(_drag(device.materials["injector"])),
        detected=repr(_drag(device.materials["detector"])),
        injector_region=tags["injector"],
        detector_region=tags["detector"],
        ends=", ".join(str(tags[name]) for name in device.terminals),
        injector_area=device.area("injector_end"),
        detector_area=device.area("detector_end"),
        wire_area=device.area("wire_right"),
        **{name: tags[name] for name in device.terminals},
    )


def _drag(material):
    return material["polarization"] * material["conductivity"]


def solve(device, given, clock):
    with tempfile.TemporaryDirectory() as folder:
        mesh = tetrahedra.mesh(device, given)
        _write(Path(folder) / "device.mesh", mesh)
        text = script(device, mesh.tags)
        (Path(folder) / "signal.edp").write_text(text)
        clock("mesh")
        environment = os.environ | {"FF_LOADPATH": PLUGINS}
        command = ["FreeFem++", "-nw", "-v", "0", "signal.edp"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
        clock("freefem")
        return json.loads((Path(folder) / "result.json").read_text())


def _write(path, mesh):
    """Medit's format, FreeFEM's own."""
    with open(path, "wb") as file:
        file.write(f"MeshVersionFormatted 2\nDimension 3\nVertices\n{len(mesh.points)}\n".encode())
        np.savetxt(file, np.column_stack([mesh.points, np.zeros(len(mesh.points))]), fmt="%.12g %.12g %.12g %d")
        cells = np.concatenate([_tagged(cells, mesh.tags[name]) for name, cells in mesh.regions()])
        file.write(f"Tetrahedra\n{len(cells)}\n".encode())
        np.savetxt(file, cells, fmt="%d")
        faces = np.concatenate([_tagged(faces, mesh.tags[name]) for name, faces in mesh.faces.items()])
        file.write(f"Triangles\n{len(faces)}\n".encode())
        np.savetxt(file, faces, fmt="%d")
        file.write(b"End\n")


def _tagged(cells, tag):
    return np.column_stack([cells + 1, np.full(len(cells), tag)])


if __name__ == "__main__":
    reported(solve)
