"""GetDP: quadratic elements, PETSc with MUMPS.

Runs in the peers' own Python, which writes mesh and problem and starts getdp: python -m benchmarks.peers.getdp DEVICE.json OPTIONS
"""

import subprocess
import tempfile
from pathlib import Path
from string import Template

from benchmarks.peers import tetrahedra
from benchmarks.peers.worker import reported

SOLVER = ["-ksp_type", "preonly", "-pc_type", "cholesky", "-pc_factor_mat_solver_type", "mumps"]

PROBLEM = Template("""
Group {
  Device = Region[{$regions}];
  $volumes
  Ends = Region[{$terminals}];
  Ground = Region[$wire_left];
  Source = Region[$injector_end];
  Plus = Region[$detector_end];
  Minus = Region[$wire_right];
}
Function {
  $materials
  into[] = 1/$injector_area;
}
Constraint {
  { Name potential; Case { { Region Ground; Value 0; } } }
  { Name sink; Case { { Region Ends; Value 0; } } }
}
FunctionSpace {
  { Name H_phi; Type Form0;
    BasisFunction { { Name s; NameOfCoef c; Function BF_Node; Support Region[{Device, Ends}]; Entity NodesOf[All]; } }
    Constraint { { NameOfCoef c; EntityType NodesOf; NameOfConstraint potential; } }
  }
  { Name H_v; Type Form0;
    BasisFunction { { Name s; NameOfCoef c; Function BF_Node; Support Region[{Device, Ends}]; Entity NodesOf[All]; } }
    Constraint { { NameOfCoef c; EntityType NodesOf; NameOfConstraint sink; } }
  }
}
Jacobian {
  { Name Vol; Case { { Region Ends; Jacobian Sur; } { Region All; Jacobian Vol; } } }
}
Integration {
  { Name Gradients; Case { { Type Gauss; Case { { GeoElement Tetrahedron2; NumberOfPoints 4; } } } } }
  { Name Values; Case { { Type Gauss; Case {
    { GeoElement Triangle2; NumberOfPoints 6; }
    { GeoElement Tetrahedron2; NumberOfPoints 15; }
  } } } }
}
Formulation {
  { Name Transport; Type FemEquation;
    Quantity { { Name phi; Type Local; NameOfSpace H_phi; } { Name v; Type Local; NameOfSpace H_v; } }
    Equation {
      Integral { [ sigma[] * Dof{d phi}, {d phi} ]; In Device; Jacobian Vol; Integration Gradients; }
      Integral { [ sigma[] * Dof{d v}, {d v} ]; In Device; Jacobian Vol; Integration Gradients; }
      Integral { [ rate[] * Dof{v}, {v} ]; In Device; Jacobian Vol; Integration Values; }
      Integral { [ drag[$$State] * Dof{d v}, {d phi} ]; In Magnets; Jacobian Vol; Integration Gradients; }
      Integral { [ drag[$$State] * Dof{d phi}, {d v} ]; In Magnets; Jacobian Vol; Integration Gradients; }
      Integral { [ -into[], {phi} ]; In Source; Jacobian Vol; Integration Values; }
    }
  }
}
Resolution {
  { Name Signal;
    System { { Name A; NameOfFormulation Transport; } }
    Operation {
      Evaluate[$$State = 1]; Generate[A]; Solve[A]; PostOperation[Parallel];
      Evaluate[$$State = -1]; Generate[A]; Solve[A]; PostOperation[Antiparallel];
    }
  }
}
PostProcessing {
  { Name Potentials; NameOfFormulation Transport;
    Quantity {
      { Name plus; Value { Integral { [ {phi}/$detector_area ]; In Plus; Jacobian Vol; Integration Values; } } }
      { Name minus; Value { Integral { [ {phi}/$wire_area ]; In Minus; Jacobian Vol; Integration Values; } } }
    }
  }
}
PostOperation {
  { Name Parallel; NameOfPostProcessing Potentials; Operation {
    Print[ plus[Plus], OnGlobal, Format Table, File "parallel.txt" ];
    Print[ minus[Minus], OnGlobal, Format Table, File > "parallel.txt" ];
  } }
  { Name Antiparallel; NameOfPostProcessing Potentials; Operation {
    Print[ plus[Plus], OnGlobal, Format Table, File "antiparallel.txt" ];
    Print[ minus[Minus], OnGlobal, Format Table, File > "antiparallel.txt" ];
  } }
}
""")


def problem(device, tags):
    """The text of problem.pro; `tags`: name of a region or terminal -> its number in the mesh."""
    volumes = [f"{name.capitalize()} = Region[{tags[name]}];" for name in device.blocks]
    magnets = [name for name, m in device.materials.items() if m["polarization"]]
    volumes.append(f"Magnets = Region[{{{', '.join(name.capitalize() for name in magnets)}}}];")
    materials = []
    for name, m in device.materials.items():
        where = f"[{name.capitalize()}]"
        turned = " * $1" if name == "detector" else ""
        materials += [
            f"sigma{where} = {m['conductivity']!r};",
            f"rate{where} = {m['conductivity'] * (1 - m['polarization'] ** 2) / m['length'] ** 2!r};",
            f"drag{where} = {m['polarization'] * m['conductivity']!r}{turned};",
        ]
    return PROBLEM.substitute(
        regions=", ".join(str(tags[name]) for name in device.blocks),
        volumes="\n  ".join(volumes),
        terminals=", ".join(str(tags[name]) for name in device.terminals),
        materials="\n  ".join(materials),
        injector_area=device.area("injector_end"),
        detector_area=device.area("detector_end"),
        wire_area=device.area("wire_right"),
        **{name: tags[name] for name in device.terminals},
    )


def solve(device, given, clock):
    with tempfile.TemporaryDirectory() as folder:
        mesh = tetrahedra.mesh(device, given)
        nodes = tetrahedra.write_quadratic(Path(folder) / "mesh.msh", mesh)
        (Path(folder) / "problem.pro").write_text(problem(device, mesh.tags))
        clock("mesh")
        command = ["getdp", "problem.pro", "-msh", "mesh.msh", "-solve", "Signal", "-v", "3", *SOLVER]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
        clock("getdp")
        signals = [_difference(Path(folder) / f"{state}.txt") for state in ("parallel", "antiparallel")]
    return {"signals": signals, "unknowns": 2 * nodes}


def _difference(path):
    plus, minus = (float(line.split()[-1]) for line in path.read_text().splitlines())
    return plus - minus


if __name__ == "__main__":
    reported(solve)
